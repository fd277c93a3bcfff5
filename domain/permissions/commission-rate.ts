/** Net commission rates of permissions, as people read them. */
import { parseScaled } from '../scaled';

/** `0.00025` as `0.25‰`. */
export function permilleText(rate: string): string {
  const digits = String(parseScaled(rate, 8)).padStart(6, '0');
  const text = `${digits.slice(0, -5)}.${digits.slice(-5)}`;
  return `${text.replace(/\.?0+$/, '')}‰`;
}
