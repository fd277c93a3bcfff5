/** Public face of a role that is asked for: its id and its input. Its decisions come as `completeTask`. */

export interface RoleGrantInput {
  readonly roleGrantId: string;
}

/** `role-grant:42`. */
export const roleGrantWorkflowId = (key: string): string => `role-grant:${key}`;
