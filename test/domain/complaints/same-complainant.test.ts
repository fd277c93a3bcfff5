/** Who is one person, and who only has the same nothing in the place of a contact. */
import {
  comparableContact,
  isSameComplainant,
  isSameContact,
  type Complainant,
} from '../../../domain/complaints/same-complainant';

describe('a contact', () => {
  it.each([
    ['13800138000', '13800138000'],
    [' Zhang@Example.com ', 'zhang@example.com'],
    ['+86 138-0013-8000', '+86 138-0013-8000'],
    ['（021）6888 0000 转 8', '（021）6888 0000 转 8'],
    ['１３８００１３８０００', '１３８００１３８０００'],
    ['电话 6888000', '电话 6888000'],
    ['root@localhost', 'root@localhost'],
  ])('%j is compared as %j', (written, compared) => expect(comparableContact(written)).toBe(compared));

  it.each([null, '', '   ', '-', '--', '无', 'none', 'N/A', '0', '00000000000', '1111111', '1234567', '12345678901'])(
    '%j is compared with nothing, itself included',
    (written) => {
      expect(comparableContact(written)).toBeUndefined();
      expect(isSameContact(written, written)).toBe(false);
    },
  );

  it.each(['@', 'n/a@', '@无', '来信地址', '电话', '建国路 88 号', '888800'])(
    '%j reaches nobody for certain',
    (written) => expect(comparableContact(written)).toBeUndefined(),
  );
});

const of = (clientNo: string | null, contact: string | null, name: string | null): Complainant => ({
  clientNo,
  contact,
  name,
});
const [ZHANG, PHONE] = ['张三', '13800138000'];

it.each<[why: string, one: Complainant, other: Complainant, same: boolean]>([
  ['one client', of('C00000001', null, null), of('C00000001', PHONE, ZHANG), true],
  ['two clients at one telephone', of('C00000001', PHONE, null), of('C00000002', PHONE, null), false],
  ['a client and a stranger at one telephone', of('C00000001', PHONE, null), of(null, PHONE, ZHANG), true],
  ['a client and a stranger of whom nothing else is known', of('C00000001', '-', null), of(null, '-', ZHANG), false],
  ['one telephone, two names', of(null, PHONE, ZHANG), of(null, PHONE, '张先生'), true],
  ['two telephones, one name', of(null, PHONE, ZHANG), of(null, '13900139000', ZHANG), false],
  ['one name, one of them without a telephone', of(null, PHONE, ZHANG), of(null, null, ZHANG), true],
  ['one name, both with the same nothing', of(null, '-', ZHANG), of(null, '-', ` ${ZHANG}`), true],
  ['two names, both with the same nothing', of(null, '-', ZHANG), of(null, '-', '李四'), false],
  ...['匿名', '匿名客户', '某某', '无', '张', '-', 'Anonymous', 'N/A'].map(
    (name) =>
      [`nobody: ${name}`, of(null, '-', name), of(null, '-', name), false] as [
        string,
        Complainant,
        Complainant,
        boolean,
      ],
  ),
])('%s', (_, one, other, same) => {
  expect(isSameComplainant(one, other)).toBe(same);
  expect(isSameComplainant(other, one)).toBe(same);
});
