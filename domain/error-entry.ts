/** One refusal of the list of errors, as the parts of the list in other folders write it. */
export interface ErrorEntry {
  readonly code: string;
  readonly status: 400 | 401 | 403 | 404 | 405 | 406 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 503;
  readonly zh: string;
  readonly en: string;
}
