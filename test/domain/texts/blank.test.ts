/** Which text shows nothing to whoever reads it. */
import { isBlank } from '../../../domain/texts/blank';

test.each<[text: string, isBlankText: boolean, why: string]>([
  ['', true, 'nothing'],
  [' \t\r\n', true, 'blanks and line ends'],
  ['\u3000\u00a0', true, 'the wide blank and the one that does not break'],
  ['\u200b', true, 'a zero-width space'],
  ['\u200c\u200d', true, 'zero-width joiners'],
  ['\u200e\u200f', true, 'marks of direction'],
  ['\u202e\u2066', true, 'turns of direction'],
  ['\u2060', true, 'a word joiner'],
  ['\ufeff', true, 'a mark of the order of bytes'],
  ['\u00ad', true, 'a soft hyphen'],
  ['\u3164\u115f\uffa0', true, 'fillers of Hangul'],
  ['\u2800', true, 'the empty pattern of Braille'],
  ['\ufe0f\u{e0020}', true, 'a variation and a tag of nothing'],
  ['\u200b \u200b\n\u2060', true, 'several of them, with blanks between'],
  ['扣费有误', false, 'words'],
  ['。', false, 'a sign alone'],
  ['\u{1f600}', false, 'a picture'],
  ['\u200b王某', false, 'a name behind an invisible one'],
  ['\u0915\u094d\u200d\u0937', false, 'a joiner within a word'],
])('%j: %s, %s', (text, isBlankText) => {
  expect(isBlank(text)).toBe(isBlankText);
});
