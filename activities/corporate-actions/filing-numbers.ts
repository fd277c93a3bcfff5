/** Numbers of filings: F, the business date, a running number. The clearing house takes sixteen characters. */

/** SQL of the next number; four digits at least. No query of its own: the database would ask that once for all rows of a statement. */
export const NEXT_FILING_NO = `'F' || to_char(business_now() at time zone 'Asia/Shanghai', 'YYYYMMDD')
  || to_char(nextval('election_filing_nos'), 'FM9990000')`;
