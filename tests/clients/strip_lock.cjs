// A lock holds names, versions and hashes; no address of anything (`npm run lock`).
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const path = join(process.cwd(), 'package-lock.json')
const lock = JSON.parse(readFileSync(path, 'utf8'))
for (const entry of Object.values(lock.packages)) {
  delete entry.funding
  delete entry.resolved
}
writeFileSync(path, JSON.stringify(lock, null, 2) + '\n')
