/** A filled form against the JSON Schema that was frozen on its task: every fault, each with its field. API and verb ask the same. */
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { BusinessError, type BilingualText } from '../../domain/errors';
import { isBlank } from '../../domain/texts/blank';
import { expectedShape, expectedType, MORE_THAN_BLANKS } from '../../domain/texts/expected';
import { withTypedTexts } from '../../domain/texts/typed-text';

export interface FormFault {
  readonly code: 'INPUT_INVALID' | 'FIELD_UNKNOWN';
  /** Path within the form, names and places with points between: `amount`, `lines.0.code`. Empty for the form itself. */
  readonly field: string;
  /** What was expected. */
  readonly expected: BilingualText;
}

/** Schemas come from our own processes and were frozen: a word that a newer schema language added must not make a task impossible. */
const ajv = addFormats(new Ajv({ allErrors: true, strict: false, allowUnionTypes: true }));
/** Forms are few, one a kind and version; those with figures in them must not pile up. */
const KEPT_AT_MOST = 200;
const kept = new Map<string, ValidateFunction>();

export function formFaults(schema: object, form: Readonly<Record<string, unknown>>): readonly FormFault[] {
  const validate = validatorOf(schema);
  return [...(validate(form) ? [] : (validate.errors ?? []).flatMap(faultOf)), ...blankTexts(schema, form)];
}

function blankTexts(schema: object, form: Readonly<Record<string, unknown>>): readonly FormFault[] {
  const faults: FormFault[] = [];
  withTypedTexts(schema, form, (text, field) => {
    if (isBlank(text)) faults.push({ code: 'INPUT_INVALID', field, expected: MORE_THAN_BLANKS });
    return text;
  });
  return faults;
}

/** As refusals, for whoever reaches a process without the API. */
export const formRefusals = (schema: object, form: Readonly<Record<string, unknown>>): readonly BusinessError[] =>
  formFaults(schema, form).map(({ code, field, expected }) =>
    code === 'FIELD_UNKNOWN'
      ? new BusinessError(code, { field: `form.${field}` })
      : new BusinessError(code, { field: `form.${field}`, reason: `${expected.zh} ${expected.en}` }),
  );

function validatorOf(schema: object): ValidateFunction {
  const key = JSON.stringify(schema);
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= KEPT_AT_MOST) kept.clear();
  // Under its own text, not its $id: two versions of a form may bear the same one.
  const { $id: _, ...nameless } = schema as { readonly $id?: string };
  const made = ajv.compile(nameless);
  ajv.removeSchema(nameless);
  kept.set(key, made);
  return made;
}

function faultOf({ keyword, instancePath, params }: ErrorObject): readonly FormFault[] {
  const path = instancePath.split('/').slice(1).map(unescaped);
  const at = (name?: unknown) => [...path, ...(typeof name === 'string' ? [name] : [])].join('.');
  // Of a branch that does not fit, the faults inside it are told.
  if (keyword === 'if') return [];
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const name: unknown = params['additionalProperty'] ?? params['unevaluatedProperty'];
    return [{ code: 'FIELD_UNKNOWN', field: at(name), expected: { zh: '无此项', en: 'no such field' } }];
  }
  return [{ code: 'INPUT_INVALID', field: at(params['missingProperty']), expected: expectationOf(keyword, params) }];
}

function expectationOf(keyword: string, params: ErrorObject['params']): BilingualText {
  const limit = String(params['limit']);
  switch (keyword) {
    case 'required':
      return { zh: '必填', en: 'a value' };
    case 'type':
      return expectedType(...[params['type'] as string | readonly string[]].flat());
    case 'enum':
    case 'const': {
      const values = keyword === 'enum' ? (params['allowedValues'] as readonly unknown[]) : [params['allowedValue']];
      const listed = values.map(String).join(', ');
      return { zh: `${listed} 之一`, en: `one of ${listed}` };
    }
    case 'minLength':
      return { zh: `至少 ${limit} 个字符`, en: `at least ${limit} characters` };
    case 'maxLength':
      return { zh: `至多 ${limit} 个字符`, en: `at most ${limit} characters` };
    case 'minItems':
      return { zh: `至少 ${limit} 项`, en: `at least ${limit} items` };
    case 'maxItems':
      return { zh: `至多 ${limit} 项`, en: `at most ${limit} items` };
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum': {
      const bound = `${String(params['comparison'])} ${limit}`;
      return { zh: bound, en: bound };
    }
    case 'pattern':
    case 'format':
      return expectedShape({ [keyword]: String(params[keyword]) });
    default:
      return { zh: '符合任务所附表单', en: 'what the form of the task says' };
  }
}

/** A step of a JSON Pointer as the name that it stands for. */
const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');
