/** Every process that a worker runs. Each exported function is one. */
export { callback } from './callback';
export { commissionChange } from './commission-change';
export { deadlineExtension } from './deadline-extension';
export { complaint } from './complaint';
export { delegation } from './delegation';
export { institutionOpening } from './institution-opening';
export { overdraftRecovery } from './overdraft-recovery';
export { parameterChange } from './parameter-change';
export { permissionClosing } from './permission-closing';
export { permissionOpening } from './permission-opening';
export { permissionSuspension } from './permission-suspension';
export { receivedMail } from './received-mail';
export { settlementDayTick } from './settlement-day-tick';
export { settlementDay } from './settlement-day';
export { roleGrant } from './role-grant';
export { telephoneNotice } from './telephone-notice';
