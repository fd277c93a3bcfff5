/** What is compared: a process that waits on one timer, and a complaint as it is, with all processes of the product beside it. */
export { bareTimer } from '../deadlines/stories';
export * from '../../workflows/index';
