/** Who acts where no person does: the system itself, in audit rows and on the rungs of deadline ladders. */
export const SYSTEM_ACTOR = 'southbound';
