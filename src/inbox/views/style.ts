/** How the inbox looks: one style sheet in the page, admitted by its hash. Colours reach WCAG AA in both schemes. */
import { createHash } from 'node:crypto'

/** The text of the style element, which every page carries. */
export const style = `
:root {
  color-scheme: light dark;
  --ink: #16191d;
  --soft: #4a525c;
  --page: #f4f5f7;
  --card: #ffffff;
  --line: #c9ced6;
  --mark: #8a5a00;
  --wrong: #b3261e;
  --link: #0b57b0;
  --key: #1f2937;
  --on-key: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #eceef1;
    --soft: #b4bcc6;
    --page: #111417;
    --card: #1b1f24;
    --line: #3b434d;
    --mark: #e2b04a;
    --wrong: #ffb4ab;
    --link: #8ab8ff;
    --key: #e7eaee;
    --on-key: #14171a;
  }
}
* { box-sizing: border-box }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; overflow-wrap: anywhere;
}
header, main { max-width: 42rem; margin: 0 auto; padding: .75rem 1rem }
header { display: flex; justify-content: space-between; gap: 1rem; color: var(--soft); font-size: .875rem }
header strong { color: var(--ink); overflow-wrap: normal }
main { padding-bottom: 1rem }
h1 { font-size: 1.375rem; line-height: 1.3; margin: .5rem 0 1rem; text-wrap: balance }
.word { display: inline-block; text-decoration: inherit }
time { white-space: nowrap }
.about { font-weight: 600 }
h2 { font-size: 1rem; margin: 0 0 .5rem }
h3 { font-size: .875rem; margin: .75rem 0 .25rem }
dl + p { margin-top: .75rem }
p { margin: 0 0 .75rem }
a { color: var(--link) }
section, .code, .facts, .card {
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 0 0 1rem;
}
section > :last-child, .card > :last-child { margin-bottom: 0 }
.code { text-align: center; padding: .5rem 1rem }
.code .hint { display: block; line-height: 1.4 }
.code strong { font: 700 2rem/1.2 ui-monospace, 'DejaVu Sans Mono', monospace; letter-spacing: .08em }
.code span, .hint, small { color: var(--soft); font-size: .875rem; font-weight: 400 }
.left { display: block; font-variant-numeric: tabular-nums }
dl { margin: 0; display: grid; grid-template-columns: fit-content(40%) 1fr; gap: .375rem 1rem }
dt { color: var(--soft) }
dd { margin: 0 }
.exact dd, .changes dd { font-family: ui-monospace, 'DejaVu Sans Mono', monospace }
.error { display: block; color: var(--wrong); font-weight: 600 }
.error, dd .hint { font-family: system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif }
input, select {
  display: block; width: 100%; min-height: 2.75rem; padding: .5rem .625rem; margin: .25rem 0; font: inherit;
  color: var(--ink); background: var(--page); border: 2px solid var(--soft); border-radius: .375rem;
}
[aria-invalid] { border-color: var(--wrong) }
[role=alert] { border-color: var(--wrong) }
dt label { display: block; padding-top: .75rem }
.changes { align-items: baseline; margin-bottom: .75rem }
.changes strong { font-size: 1.25rem }
.claimed { border-left: .375rem solid var(--mark); overflow: hidden }
.claimed h2 span { color: var(--mark) }
.claimed p { white-space: pre-line }
.claimed .summary { font-weight: 600 }
.address { display: block; color: var(--soft); font-size: .875rem; word-break: break-all; user-select: all }
.address b { color: var(--ink) }
.answer {
  display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin: 0 -1rem; padding: .75rem 1rem;
  background: var(--page); border-top: 1px solid var(--line);
}
.once-more { grid-template-columns: 1fr 2fr }
@media (min-height: 30rem) {
  html { scroll-padding-bottom: 6rem }
  .answer { position: sticky; bottom: 0 }
}
button {
  min-height: 3.25rem; font: inherit; font-size: 1.125rem; font-weight: 600; padding: .5rem; cursor: pointer;
  color: var(--on-key); background: var(--key); border: 2px solid var(--key); border-radius: .5rem;
}
:focus-visible { outline: 3px solid var(--link); outline-offset: 3px }
ul { list-style: none; margin: 0; padding: 0 }
li a { display: block; padding: .25rem 0; min-height: 2.75rem; font-weight: 600 }
li .hint { display: block }
.link { display: inline-block; padding: .625rem 0; min-height: 2.75rem }
@media (max-width: 26rem) {
  dl { grid-template-columns: 1fr; gap: 0 }
  dd { margin: 0 0 .5rem }
  dd:last-child { margin: 0 }
  dt label { padding: 0 }
}
@media (forced-colors: active) { button { border-color: ButtonText } }
`

/** As a source of Content-Security-Policy's `style-src`. */
export const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`
