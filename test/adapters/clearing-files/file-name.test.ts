import { clearingFileName, recogniseFile } from '../../../adapters/clearing-files/file-name';
import { hkYwhb, hkZjbd, shanghaiLayouts } from '../../../adapters/clearing-files/layouts/shanghai';
import { dbfLayout } from '../../../adapters/clearing-files/layouts/layout';
import { reff04 } from '../../../adapters/clearing-files/layouts/shanghai-text-files';
import { day } from './dbf-bytes';

const recognised = (name: string) => {
  const file = recogniseFile(name, shanghaiLayouts.layouts);
  if (file === undefined) return undefined;
  const { layout, ...rest } = file;
  expect(layout.kind).toBe(rest.kind);
  return rest;
};
const dateInName = '2025-06-26';

describe('recogniseFile', () => {
  it.each<[string, object]>([
    ['hk_jsmx20250626.dbf', { kind: 'hk_jsmx', version: 1, dateInName }],
    ['HK_JSMX20250626.DBF', { kind: 'hk_jsmx', version: 1, dateInName }],
    ['hk_jsmx20250626_v2.dbf', { kind: 'hk_jsmx', version: 2, dateInName }],
    ['hk_jsmx20250626_v12.dbf', { kind: 'hk_jsmx', version: 12, dateInName }],
    ['hk_zjbd20250626_1.dbf', { kind: 'hk_zjbd', version: 1, part: '1', dateInName }],
    ['hk_zjbd20250626_2_v3.dbf', { kind: 'hk_zjbd', version: 3, part: '2', dateInName }],
    ['HK_YWHB.dbf', { kind: 'HK_YWHB', version: 1 }],
    ['hk_ywhb_v2.dbf', { kind: 'HK_YWHB', version: 2 }],
    ['hk_ckhl20240229.dbf', { kind: 'hk_ckhl', version: 1, dateInName: '2024-02-29' }],
    ['reff040626.txt', { kind: 'reff04', version: 1, monthDayInName: '06-26' }],
    ['hkexclpr04_20250626.txt', { kind: 'hkexclpr04', version: 1, dateInName }],
    ['counter_trades_20250626.csv', { kind: 'counter_trades', version: 1, dateInName }],
    ['bank_own_20250626_v2.csv', { kind: 'bank_own', version: 2, dateInName }],
  ])('%s', (name, expected) => expect(recognised(name)).toEqual(expected));

  it.each<[string, string]>([
    ['arrivals.csv', 'no file of a layout'],
    ['hk_jsmx20250626.dbf.part', 'still being written'],
    ['hk_jsmx20250626.txt', 'another suffix'],
    ['hk_jsmx2025-06-26.dbf', 'another form of date'],
    ['hk_jsmx20250631.dbf', 'no such day'],
    ['hk_ckhl20250229.dbf', 'no leap year'],
    ['hk_jsmx20250626_v1.dbf', 'the first version has no mark'],
    ['hk_jsmx20250626_v02.dbf', 'versions have no leading zero'],
    ['hk_jsmx20250626_1.dbf', 'this file has no parts'],
    ['hk_zjbd20250626.dbf', 'a part is missing'],
    ['hk_zjbd20250626_3.dbf', 'there are two parts'],
    ['hk_zjbd20250626_v2_1.dbf', 'the part comes first'],
    ['xhk_jsmx20250626.dbf', 'something before the name'],
    ['reff041326.txt', 'month 13'],
  ])('%s is not recognised: %s', (name) => expect(recognised(name)).toBeUndefined());

  it('takes the names of another market from its map alone', () => {
    const trades = dbfLayout({
      kind: 'SZHK_SJSMX1',
      source: 'clearing house',
      namePattern: 'SZHK_SJSMX1{digits:3}{version}.dbf',
      keyFields: [],
      arrivals: [],
      fields: [],
    });
    expect(recogniseFile('SZHK_SJSMX1626.dbf', [trades])).toMatchObject({ kind: 'SZHK_SJSMX1', version: 1 });
    expect(recogniseFile('SZHK_SJSMX162.dbf', [trades])).toBeUndefined();
  });
});

describe('clearingFileName', () => {
  it('is what recogniseFile reads', () => {
    const businessDate = day('2025-06-26');
    expect(clearingFileName(hkZjbd, { businessDate, part: '2', version: 3 })).toBe('hk_zjbd20250626_2_v3.dbf');
    expect(clearingFileName(hkYwhb, { businessDate })).toBe('HK_YWHB.dbf');
    expect(clearingFileName(reff04, { businessDate })).toBe('reff040626.txt');
    for (const layout of shanghaiLayouts.layouts) {
      for (const part of layout.parts ?? ['1']) {
        const name = clearingFileName(layout, { businessDate, part, version: 2 });
        expect(recognised(name)).toMatchObject({ kind: layout.kind, version: 2 });
      }
    }
  });

  it('refuses a name without its part', () => {
    expect(() => clearingFileName(hkZjbd, { businessDate: day('2025-06-26') })).toThrow('needs part');
  });
});
