/** A server's certificate that signs itself, good for a day. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** Its files as a server reads them, gone with the test. */
export function certificateFiles(t: TestContext, { cert, key }: ReturnType<typeof aCertificate>): TLSFiles {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-certificate-'))
  t.after(() => {
    rmSync(folder, { recursive: true })
  })
  const files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') }
  writeFileSync(files.certFile, cert)
  writeFileSync(files.keyFile, key)
  return files
}

type TLSFiles = { readonly certFile: string; readonly keyFile: string }

/** PEM. @param name of the host */
export function aCertificate(name: string): { readonly cert: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-tls-'))
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=countersign test', '-addext', `subjectAltName=DNS:${name}`]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  try {
    execFileSync(
      'openssl',
      ['req', '-x509', '-days', '1', ...curve, ...subject, '-keyout', keyFile, '-out', certFile],
      { stdio: 'ignore' },
    )
    return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
