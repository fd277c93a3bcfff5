import { DbfBytes, findingsIn, temporaryFolder } from './dbf-bytes';
import { hkJsmx } from '../../../adapters/clearing-files/layouts/shanghai';

const folder = temporaryFolder();
const clean = () => DbfBytes.sample('days-a/2025-06-26/hk_jsmx20250626.dbf');
const RECORDS = 267;
const RECORD_BYTES = 343;
const HEADER_BYTES = 1057;
const names = hkJsmx.fields.map(({ name }) => name);

const descriptorOf = (file: DbfBytes, name: string) =>
  file.bytes.subarray(file.descriptor(name), file.descriptor(name) + 32);

/** The file with other fields: each record and the header rebuilt from pieces of the clean one. */
function withFields(order: readonly string[], extra?: { name: string; length: number }): Buffer {
  const file = clean();
  const descriptors = order.map((name) => Buffer.from(descriptorOf(file, name)));
  if (extra !== undefined) {
    const descriptor = Buffer.alloc(32);
    descriptor.write(`${extra.name}`, 0, 'latin1');
    descriptor.write('C', 11, 'latin1');
    descriptor[16] = extra.length;
    descriptors.unshift(descriptor);
  }
  const lengths = new Map(hkJsmx.fields.map(({ name, length }) => [name as string, length]));
  const starts = new Map<string, number>();
  let start = 1;
  for (const { name, length } of hkJsmx.fields) {
    starts.set(name, start);
    start += length;
  }
  const records = Array.from({ length: RECORDS }, (_, index) => {
    const record = file.record(index + 1);
    const pieces = order.map((name) => record.subarray(starts.get(name), starts.get(name)! + lengths.get(name)!));
    if (extra !== undefined) pieces.unshift(Buffer.alloc(extra.length, 'x'));
    return Buffer.concat([record.subarray(0, 1), ...pieces]);
  });
  const head = Buffer.from(file.bytes.subarray(0, 32));
  head.writeUInt16LE(32 * (descriptors.length + 1) + 1, 8);
  head.writeUInt16LE(records[0]!.length, 10);
  return Buffer.concat([head, ...descriptors, Buffer.from([0x0d]), ...records, Buffer.from([0x1a])]);
}

const edited = (edit: (file: DbfBytes) => void): Buffer => {
  const file = clean();
  edit(file);
  return file.bytes;
};
const cutAt = (size: number) => clean().bytes.subarray(0, size);
const bytesOfRecords = (count: number) => HEADER_BYTES + count * RECORD_BYTES;
const withoutEnd = () => cutAt(bytesOfRecords(RECORDS));
const ended = (...ends: number[]) => Buffer.concat([withoutEnd(), Buffer.from(ends)]);

const header = (field: string, fileValue: string, computed: string) => ({
  class: 'HEADER_INVALID',
  field,
  fileValue,
  computed,
});

const reversed = [...names].reverse();

describe('what stops nothing', () => {
  it.each<[string, Buffer, object[]]>([
    ['the clean file', clean().bytes, []],
    ['0x1A may be absent', withoutEnd(), []],
    ['the order of fields is free', withFields(reversed), []],
    ['the date in the header is not checked', edited((file) => file.bytes.fill(0xff, 1, 4)), []],
    ['the code page byte is not checked', edited((file) => file.bytes.fill(0, 29, 30)), []],
    [
      'an unknown field is listed, and the file read',
      withFields(names, { name: 'XYZ', length: 7 }),
      [{ class: 'EXTRA_FIELD', field: 'XYZ' }],
    ],
  ])('%s', async (_why, bytes, expected) => {
    expect(await findingsIn(folder, bytes, hkJsmx)).toEqual(expected);
  });
});

describe('EMPTY_FILE, HEADER_INVALID', () => {
  it.each<[string, Buffer, object[]]>([
    ['no bytes', Buffer.alloc(0), [{ class: 'EMPTY_FILE' }]],
    ['one byte', Buffer.from([3]), [header('length of the file', '1', 'at least 33')]],
    ['32 bytes: no end of a header', cutAt(32), [header('length of the file', '32', 'at least 33')]],
    ['another kind of dBase', edited((file) => file.bytes.fill(0x30, 0, 1)), [header('byte 0', '0x30', '0x03')]],
    [
      'header length one less',
      edited((f) => f.bytes.writeUInt16LE(1056, 8)),
      [header('header length', '1056', '1057')],
    ],
    [
      'header length one more',
      edited((f) => f.bytes.writeUInt16LE(1058, 8)),
      [header('header length', '1058', '1057')],
    ],
    ['one field less', edited((f) => f.bytes.writeUInt16LE(1025, 8)), [header('header length', '1025', '1057')]],
    ['one field more', edited((f) => f.bytes.writeUInt16LE(1089, 8)), [header('header length', '1089', '1057')]],
    ['header length zero', edited((f) => f.bytes.writeUInt16LE(0, 8)), [header('header length', '0', '1057')]],
    ['record length one less', edited((f) => f.bytes.writeUInt16LE(342, 10)), [header('record length', '342', '343')]],
    ['record length zero', edited((f) => f.bytes.writeUInt16LE(0, 10)), [header('record length', '0', '343')]],
    [
      'no end of the header',
      edited((file) => file.bytes.fill(0x20, HEADER_BYTES - 1, HEADER_BYTES)),
      [header('end of the header', 'none', '0x0D')],
    ],
    [
      'every defect of the kind is listed',
      edited((file) => {
        file.bytes[0] = 0x83;
        file.bytes.writeUInt16LE(1058, 8);
        file.bytes.writeUInt16LE(344, 10);
      }),
      [
        header('byte 0', '0x83', '0x03'),
        header('header length', '1058', '1057'),
        header('record length', '344', '343'),
      ],
    ],
    [
      'two fields of one name',
      edited((file) => file.bytes.write('ZQDM1', file.descriptor('ZQDM2'), 'latin1')),
      [header('field names', 'ZQDM1 twice', 'ZQDM1 once')],
    ],
    ['cut off within the header', cutAt(500), [header('length of the file', '500', 'at least 1057')]],
  ])('%s', async (_why, bytes, expected) => {
    expect(await findingsIn(folder, bytes, hkJsmx)).toEqual(expected);
  });
});

describe('FIELD_MISSING, FIELD_TYPE, FIELD_LENGTH', () => {
  const places = ['SCDM', 'WBJE', 'FJSM'];

  it.each(places)('%s is missing', async (name) => {
    const bytes = withFields(names.filter((other) => other !== name));
    expect(await findingsIn(folder, bytes, hkJsmx)).toEqual([{ class: 'FIELD_MISSING', field: name }]);
  });

  it.each(places)('%s has another name: one finding, because the checks stop at the first kind', async (name) => {
    const bytes = edited((file) => file.bytes.write('XXXXX\0', file.descriptor(name), 'latin1'));
    expect(await findingsIn(folder, bytes, hkJsmx)).toEqual([{ class: 'FIELD_MISSING', field: name }]);
  });

  it('every missing field is listed in the order of the layout', async () => {
    const bytes = withFields(reversed.filter((name) => !places.includes(name)));
    const expected = places.map((field) => ({ class: 'FIELD_MISSING', field }));
    expect(await findingsIn(folder, bytes, hkJsmx)).toEqual(expected);
  });

  it('a name in small letters is another name', async () => {
    const bytes = edited((file) => file.bytes.write('wbje', file.descriptor('WBJE'), 'latin1'));
    expect(await findingsIn(folder, bytes, hkJsmx)).toEqual([{ class: 'FIELD_MISSING', field: 'WBJE' }]);
  });

  it.each(['SCDM', 'FJSM'])('%s is a number', async (name) => {
    const bytes = edited((file) => file.bytes.write('N', file.descriptor(name) + 11, 'latin1'));
    expect(await findingsIn(folder, bytes, hkJsmx)).toEqual([
      { class: 'FIELD_TYPE', field: name, fileValue: 'N', computed: 'C' },
    ]);
  });

  it('a number is a float, and its width differs too: the type comes first', async () => {
    const bytes = edited((file) => {
      file.bytes.write('F', file.descriptor('WBJE') + 11, 'latin1');
      file.bytes[file.descriptor('WBJE') + 17] = 3;
    });
    expect(await findingsIn(folder, bytes, hkJsmx)).toEqual([
      { class: 'FIELD_TYPE', field: 'WBJE', fileValue: 'F', computed: 'N' },
    ]);
  });

  it('one field is wider at the cost of its neighbour: both are listed', async () => {
    const bytes = edited((file) => {
      file.bytes[file.descriptor('WBJE') + 16] = 17;
      file.bytes[file.descriptor('WBHL') + 16] = 13;
    });
    expect(await findingsIn(folder, bytes, hkJsmx)).toEqual([
      { class: 'FIELD_LENGTH', field: 'WBJE', fileValue: '17,2', computed: '18,2' },
      { class: 'FIELD_LENGTH', field: 'WBHL', fileValue: '13,0', computed: '12,0' },
    ]);
  });

  it('other decimals', async () => {
    const bytes = edited((file) => file.bytes.fill(3, file.descriptor('JG1') + 17, file.descriptor('JG1') + 18));
    expect(await findingsIn(folder, bytes, hkJsmx)).toEqual([
      { class: 'FIELD_LENGTH', field: 'JG1', fileValue: '14,3', computed: '14,4' },
    ]);
  });
});

describe('FILE_TRUNCATED, RECORD_COUNT_MISMATCH', () => {
  const truncated = (row: number) => [{ class: 'FILE_TRUNCATED', row, header: RECORDS, found: row - 1 }];
  const tooMuch = (headerCount: number, found: number) => [
    { class: 'RECORD_COUNT_MISMATCH', header: headerCount, found },
  ];

  it.each<[string, Buffer, object[]]>([
    ['no record at all', cutAt(HEADER_BYTES), truncated(1)],
    ['cut in the first record', cutAt(HEADER_BYTES + 1), truncated(1)],
    ['cut in the middle of a record', cutAt(bytesOfRecords(160) + 103), truncated(161)],
    ['cut between two records', cutAt(bytesOfRecords(160)), truncated(161)],
    ['one record less, with its end', Buffer.concat([cutAt(bytesOfRecords(266)), Buffer.from([0x1a])]), truncated(267)],
    ['one byte of the last record is missing', cutAt(bytesOfRecords(RECORDS) - 1), truncated(RECORDS)],
    [
      'the header names more records',
      edited((file) => (file.recordCount = 268)),
      [{ ...truncated(268)[0], header: 268 }],
    ],
    ['the header names fewer records', edited((file) => (file.recordCount = 266)), tooMuch(266, RECORDS)],
    ['the header names none', edited((file) => (file.recordCount = 0)), tooMuch(0, RECORDS)],
    ['0x1A twice', ended(0x1a, 0x1a), tooMuch(RECORDS, RECORDS)],
    ['another byte than 0x1A', ended(0x0a), tooMuch(RECORDS, RECORDS)],
    ['0x1A and a line end', ended(0x1a, 0x0d, 0x0a), tooMuch(RECORDS, RECORDS)],
    [
      'a line end after every record',
      Buffer.concat([
        cutAt(HEADER_BYTES),
        ...Array.from({ length: RECORDS }, (_, index) =>
          Buffer.concat([clean().record(index + 1), Buffer.from('\r\n')]),
        ),
      ]),
      tooMuch(RECORDS, RECORDS + 1),
    ],
  ])('%s', async (_why, bytes, expected) => {
    expect(await findingsIn(folder, bytes, hkJsmx)).toEqual(expected);
  });

  it('a file with an unknown field is still measured', async () => {
    const bytes = withFields(names, { name: 'XYZ', length: 7 });
    expect(await findingsIn(folder, bytes.subarray(0, bytes.length - 2), hkJsmx)).toEqual([
      { class: 'EXTRA_FIELD', field: 'XYZ' },
      { class: 'FILE_TRUNCATED', row: 267, header: 267, found: 266 },
    ]);
  });

  it('a missing field comes before a truncated file', async () => {
    const bytes = withFields(names.slice(1)).subarray(0, 5_000);
    expect(await findingsIn(folder, bytes, hkJsmx)).toEqual([{ class: 'FIELD_MISSING', field: 'SCDM' }]);
  });
});
