/** zod that can also describe itself in the OpenAPI document. Every schema of the API is made with this one. */
import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

extendZodWithOpenApi(z);

export { z };
