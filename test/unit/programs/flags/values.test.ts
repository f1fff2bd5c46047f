/** No flag's value is taken for something else than it says, and a process that is told nonsense says which flag, and does not begin. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import * as flag from '../../../../src/programs/flags/values.ts'

const accepted = [
  [flag.seconds, { '30': 30, '0.2': 0.2 }],
  [flag.secondsOrNone, { '0': 0, '15': 15 }],
  [flag.workers, { '1': 1, '256': 256 }],
  [flag.port, { '0': 0, '65535': 65_535 }],
  [
    flag.host,
    {
      '::': '::',
      '[::1]': '::1',
      '[fe80::1%eth0]': 'fe80::1%eth0',
      '0.0.0.0': '0.0.0.0',
      localhost: 'localhost',
    },
  ],
  [flag.httpUrl, { 'https://sso.company.com/realms/a': 'https://sso.company.com/realms/a' }],
  [flag.origin, { 'https://inbox.company.com': 'https://inbox.company.com' }],
  [flag.logLevel, { debug: 'debug' }],
  [flag.namespace, { 'countersign-system': 'countersign-system' }],
  [flag.text, { 'countersign-gate': 'countersign-gate' }],
] as const

for (const [parse, values] of accepted)
  test(`${parse.name} takes ${Object.keys(values).join(' and ')}`, () => {
    for (const [text, value] of Object.entries(values)) assert.equal(parse(text), value)
  })

const refused = [
  [flag.seconds, ['', '0', '-1', 'NaN', 'abc', '30s', '1e9', 'Infinity', '0x10', '999999999999']],
  [flag.secondsOrNone, ['', '-1', 'NaN', '5m', 'Infinity']],
  [flag.workers, ['', '0', '0.5', '-3', 'many', '100000000']],
  [flag.port, ['', '-1', '80.5', '65536', 'http', '1e3']],
  [
    flag.host,
    ['', '[]', '[127.0.0.1]', '[::1', '::1]', '[[::1]]', 'a b', 'http://localhost', '[::1]:80', '-a'],
  ],
  [flag.httpUrl, ['', 'sso.company.com', 'ftp://sso.company.com', 'https://']],
  [flag.origin, ['inbox.company.com', 'https://inbox.company.com/inbox', 'https://a?b', 'https://u@a']],
  [flag.logLevel, ['', 'verbose', 'INFO']],
  [flag.namespace, ['', 'a/b', 'A', '-a', 'a'.repeat(64)]],
  [flag.text, ['', ' ']],
] as const

for (const [parse, values] of refused)
  test(`${parse.name} refuses ${values
    .map((value) => JSON.stringify(value))
    .join(', ')
    .slice(0, 60)}`, () => {
    for (const value of values)
      assert.throws(() => parse(value), { code: 'commander.invalidArgument', message: /^It must/ }, value)
  })

const inbox = ['--issuer', 'https://sso', '--client-id', 'inbox', '--client-secret-file', '/dev/null']
for (const [program, args, says] of [
  [
    'inbox',
    [...inbox, '--claim-seconds', 'soon'],
    /option '--claim-seconds <seconds>' argument 'soon' is invalid/,
  ],
  [
    'inbox',
    [...inbox, '--port', '80a'],
    /option '--port <number>' argument '80a' is invalid. It must be a port/,
  ],
  [
    'identity-provider',
    ['--config', 'a', '--issuer', 'me'],
    /option '--issuer <url>' argument 'me' is invalid/,
  ],
  ['inbox', inbox, /--client-secret-file \/dev\/null: TypeError: the file is empty/],
  ['inbox', [...inbox, '--host', '[::1'], /option '--host <address>' argument '\[::1' is invalid/],
  [
    'identity-provider',
    ['--development', '--config', '/nonexistent/people.yaml'],
    /\/nonexistent\/people.yaml: Error: ENOENT/,
  ],
  [
    'controller',
    ['--gate-bind-address', '[::g]:1'],
    /'--gate-bind-address <address>' argument '\[::g\]:1' is/,
  ],
  ['controller', ['--workers', '0.5'], /option '--workers <number>' argument '0.5' is invalid/],
  ['controller', ['--lease-seconds', '5'], /--renew-deadline-seconds, and that less than --lease-seconds/],
] as const)
  test(`${program} ${args.slice(-2).join(' ')} says what is wrong and does not begin`, () => {
    const ended = spawnSync(process.execPath, [`src/programs/${program}/main.ts`, ...args], {
      encoding: 'utf8',
    })
    assert.equal(ended.status, 1)
    assert.match(ended.stderr, says)
    assert.doesNotMatch(ended.stderr, /\n {4}at /)
  })
