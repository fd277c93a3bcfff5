/**
 * The first task of a complaint: its registration. Asked in the transaction of the receipt, and again, after an asking back, by its process.
 *
 * Source    Complaints page (intake, first-receiver duty).
 * Rule      Whoever received it first registers it: in a branch the branch, also where it is about another one; the person holds the task from
 *           the beginning unless it is about them. Everything else is registered by the service.
 */
import { COMPLAINT_CATEGORIES, COMPLAINT_PRODUCTS, URGENCIES } from './complaint-words';
import { DELIVERY, DUPLICATE_OF, NAMES_DUPLICATE } from './form-fields';
import { factsShown, type ShownComplaint } from './shown-complaint';
import { stageKey } from './stage-promises';

/** What decides whose it is. */
export interface ReceivedByWhom {
  readonly receivedBy: string;
  readonly receivedRole: string;
  readonly branch: string | null;
  /** Branch in which whoever received it works; null: in none. Not in what an earlier version read. */
  readonly receiverBranch?: string | null;
  /** Whoever received it does no work of it. */
  readonly isReceiverKeptOut: boolean;
}

export interface ToRegister extends ReceivedByWhom, ShownComplaint {
  /** Open complaints of the same person about the same product and category. */
  readonly alike: readonly string[];
}

export const REGISTRATION_FORM = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['decision'],
    properties: {
      decision: { enum: ['complete', 'ask back', 'duplicate'], title: '登记结果 decision' },
      product: { enum: COMPLAINT_PRODUCTS, title: '更正产品 product, where it was not known' },
      category: { enum: COMPLAINT_CATEGORIES, title: '更正类别 category, where it was not known' },
      branch: { type: 'string', minLength: 1, maxLength: 20, title: '补记营业部 branch, where it was not known' },
      urgency: { enum: URGENCIES, title: '紧急程度 urgency; an urgent one goes to the head office the same day' },
      against: {
        type: 'string',
        minLength: 1,
        maxLength: 100,
        title: '被投诉人员 person it is about, who is kept out',
      },
      duplicateOf: DUPLICATE_OF,
      delivery: DELIVERY,
    },
    ...NAMES_DUPLICATE,
  },
} as const;

/** Whether the branch registers it: whoever received it first does, also one about another branch. */
export const isByBranch = ({ receivedRole, branch, receiverBranch = branch, isReceiverKeptOut }: ReceivedByWhom) =>
  receivedRole === 'branch' && receiverBranch !== null && !isReceiverKeptOut;

/** @param nth how often it is asked, from 1; `byOthers`: whoever received it turned out to be concerned while it waited with the branch */
export function registrationTask(
  complaint: ToRegister,
  {
    nth,
    refused,
    byOthers,
  }: { readonly nth: number; readonly refused?: string | undefined; readonly byOthers: boolean },
) {
  const {
    complaintNo,
    receivedRole,
    branch,
    receiverBranch = branch,
    isReceiverKeptOut,
    receivedBy,
    alike,
  } = complaint;
  const { level, ...shown } = factsShown(complaint);
  const byBranch = !byOthers && isByBranch(complaint);
  const byReceiver = byBranch || (receivedRole === 'service' && !isReceiverKeptOut);
  return {
    businessKey: `complaint-register:${complaintNo}:${nth}`,
    kind: 'register-complaint',
    titleZh: '登记投诉',
    titleEn: 'register a complaint',
    role: byBranch ? 'branch' : 'service',
    ...(byBranch && receiverBranch !== null ? { branch: receiverBranch } : {}),
    ...(byReceiver ? { holder: receivedBy } : {}),
    form: REGISTRATION_FORM,
    // What is as it always is at first says nothing: of the first level, asked for the first time, alike to none.
    facts: {
      ...shown,
      ...(level === 1 ? {} : { level }),
      ...(alike.length === 0 ? {} : { alike }),
      ...(nth === 1 ? {} : { asked: nth - 1 }),
      ...(refused === undefined ? {} : { refused }),
    },
    revision: nth,
    bulk: false,
  };
}

/** Key of the promise by which the registration is due. */
export const registrationDueBy = (complaintNo: string): string =>
  stageKey({ complaintNo, clock: 'own', stage: 'accept', level: 1 });
