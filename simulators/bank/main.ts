/** The deposit bank as a process. */
import { playBank } from './play-bank';

playBank(true);
