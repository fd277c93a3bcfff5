/** Posts one event. Where only public addresses may be told, the one that is connected to is looked at, not the one that was asked for before. */
import { lookup, type LookupOptions } from 'node:dns';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import { hostOf, isPublicAddress } from './public-target';

export interface PostedEvent {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly publicOnly: boolean;
  readonly timeoutMs: number;
}

/** The status of the answer; its content is nobody's business here, and a redirection is not followed. Rejects where no answer came. */
export function postEvent({ url, headers, body, publicOnly, timeoutMs }: PostedEvent): Promise<number> {
  const host = hostOf(url);
  if (publicOnly && (url.protocol !== 'https:' || (isIP(host) !== 0 && !isPublicAddress(host)))) {
    return Promise.reject(new Error('an address inside'));
  }
  const send = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const asked = send(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(timeoutMs),
        ...(publicOnly ? { lookup: publicLookup } : {}),
      },
      (answer) => {
        answer
          .on('error', reject)
          .on('end', () => resolve(answer.statusCode ?? 0))
          .resume();
      },
    );
    asked.on('error', reject).end(body);
  });
}

type Found = (failure: Error | null, address: string | { address: string; family: number }[], family?: number) => void;

/** As the system's, but answers no address of the inside: a name may point elsewhere today than when it was registered. */
function publicLookup(host: string, options: LookupOptions, found: Found): void {
  lookup(host, { ...options, all: true }, (failure, addresses) => {
    if (failure !== null) return found(failure, []);
    const [first, ...others] = addresses.filter(({ address }) => isPublicAddress(address));
    if (first === undefined) return found(new Error('an address inside'), []);
    return options.all === true ? found(null, [first, ...others]) : found(null, first.address, first.family);
  });
}
