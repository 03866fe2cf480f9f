import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate authority that no machine trusts, made with openssl. */
export class TestAuthority {
  readonly caFile: string;

  constructor(private readonly dir: string) {
    this.caFile = join(dir, 'ca.pem');
    this.openssl('req', '-x509', ...NEW_KEY, 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Convene test CA');
  }

  /** A certificate of a server that is called by this host name, and by no address. */
  issue(host: string): Certificate {
    this.openssl('req', ...NEW_KEY, `${host}.key`, '-out', `${host}.csr`, '-subj', `/CN=${host}`);
    writeFileSync(join(this.dir, 'san'), `subjectAltName=DNS:${host}`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'san'];
    this.openssl('x509', '-req', '-in', `${host}.csr`, '-out', `${host}.pem`, ...signed);
    return { certFile: join(this.dir, `${host}.pem`), keyFile: join(this.dir, `${host}.key`) };
  }

  private openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.dir, stdio: 'pipe' });
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout'];

/** Statements by which a PostgreSQL without TLS gets this certificate in its data folder, under the default names. */
export function tlsStatements({ certFile, keyFile }: Certificate): string[] {
  const place = (file: string, name: string) =>
    `COPY (SELECT unnest(string_to_array('${readFileSync(file, 'utf8').trim()}', E'\\n')))
     TO PROGRAM 'umask 077; cat > ${name}'`;
  return [
    place(certFile, 'server.crt'),
    place(keyFile, 'server.key'),
    'ALTER SYSTEM SET ssl = on',
    'SELECT pg_reload_conf()',
  ];
}
