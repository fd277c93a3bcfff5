/** Name of the header in which the number of a request travels through Temporal. */
export const REQUEST_ID_HEADER = 'southbound-request-id';
