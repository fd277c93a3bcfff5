import {
  BusinessError,
  byPlace,
  errorList,
  isErrorCode,
  SeveralRefusals,
  statusOf,
  textOf,
  type ErrorCode,
} from '../../domain/errors';
import { detailsTold, refusalsTold } from '../../domain/told-refusals';

describe('the list of refusals', () => {
  it('names every code once, with a sentence in Chinese and in English that use the same details', () => {
    const namesIn = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    expect(new Set(errorList.map(({ code }) => code)).size).toBe(errorList.length);
    for (const { code, zh, en } of errorList) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).not.toMatch(/\p{Script=Han}/u);
      expect([code, namesIn(zh)]).toEqual([code, namesIn(en)]);
    }
  });

  it('keeps places: identity before input before the state of the day', () => {
    const codes: ErrorCode[] = ['ORDER_RECALLED', 'INPUT_INVALID', 'SAME_PERSON', 'UNAUTHENTICATED'];
    expect(codes.sort(byPlace)).toEqual(['UNAUTHENTICATED', 'INPUT_INVALID', 'ORDER_RECALLED', 'SAME_PERSON']);
  });

  it('fills the details in', () => {
    const error = new BusinessError('CALENDAR_OUT_OF_RANGE', {
      date: '2027-01-04',
      from: '2024-01-01',
      to: '2026-12-31',
    });
    expect(error.status).toBe(422);
    expect(error.text.en).toBe('The answer for 2027-01-04 lies outside the known calendar (2024-01-01 to 2026-12-31).');
    expect(error.message).toContain('CALENDAR_OUT_OF_RANGE');
    expect(error.details).toEqual({ date: '2027-01-04', from: '2024-01-01', to: '2026-12-31' });
    expect(textOf('SAME_PERSON', {}).zh).toBe('经办与复核不能为同一人。');
  });

  it('knows a code from other text', () => {
    expect(isErrorCode('SAME_PERSON')).toBe(true);
    expect(isErrorCode('toString')).toBe(false);
    expect(statusOf('UNAUTHENTICATED')).toBe(401);
  });

  it('are told all at once through the failure of an activity; an earlier version told the first', () => {
    const missing = new SeveralRefusals([
      new BusinessError('DELIVERY_MISSING', { field: 'form.delivery' }),
      new BusinessError('TEXT_MISSING', { task: '7', field: 'form' }),
    ]);
    const told = refusalsTold(missing.code, detailsTold(missing));
    expect(told.map(({ code, details }) => [code, details['field']])).toEqual([
      ['TEXT_MISSING', 'form'],
      ['DELIVERY_MISSING', 'form.delivery'],
    ]);
    expect(refusalsTold('TEXT_MISSING', [{ task: '7' }])).toEqual([{ code: 'TEXT_MISSING', details: { task: '7' } }]);
    expect(refusalsTold('Error', [])).toEqual([]);
  });
});
