/** Every process that a worker runs. Each exported function is one. */
export {};
