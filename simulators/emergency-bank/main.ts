/**
 * The bank of the emergency channel: another bank with a system, an address and a memory of its own. By a standing mandate it draws on the broker's
 * deposit accounts, so what it carries out stands in the same statements, and it lays none itself.
 */
import { playBank } from '../bank/play-bank';

playBank(false);
