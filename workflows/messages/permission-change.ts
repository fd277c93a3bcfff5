/** Public face of what changes an open permission: a suspension of buying, its lifting, another commission. */

/** `permission-suspension:HKSC:P20250623-000001`, `permission-lifting:...`, `commission-change:...`: kind of permission and number of the request. */
export interface PermissionChangeInput {
  readonly requestNo: string;
}

/** Recalled by whoever asked: withdrawn. Refused by the second person, or by operations where the counter does not take it. */
export type PermissionChangeEnd = 'done' | 'refused' | 'withdrawn';
