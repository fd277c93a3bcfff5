/** Numbers of filings: F, the business date, a running number. The clearing house takes sixteen characters. */

/** SQL of the next number; four digits at least. */
export const NEXT_FILING_NO = `'F' || to_char(business_now() at time zone 'Asia/Shanghai', 'YYYYMMDD') || (
  select lpad(n, greatest(4, length(n)), '0') from (select nextval('election_filing_nos')::text as n) given)`;
