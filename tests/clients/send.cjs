// Send the messages on stdin as a shop's Node server would: node send.cjs CLIENT ADDRESS KEY
const { readFileSync } = require('node:fs')

const [client, address, key] = process.argv.slice(2)
const messages = JSON.parse(readFileSync(0, 'utf8'))

async function sendWithSegment() {
  const { Analytics } = require('@segment/analytics-node')
  const analytics = new Analytics({
    writeKey: key, host: address, flushAt: 10, flushInterval: 50, httpRequestTimeout: 2000,
  })
  const failed = []
  analytics.on('error', (error) => failed.push(error))
  for (const { type, ...message } of messages) analytics[type](message)
  await analytics.closeAndFlush({ timeout: 60000 })
  if (failed.length) throw new Error(JSON.stringify(failed))
}

async function sendWithRudder() {
  const Analytics = require('@rudderstack/rudder-sdk-node')
  // a request that timed out is not sent again by this client: it is given no time limit
  const analytics = new Analytics(key, { dataPlaneUrl: address, flushAt: 10, retryCount: 10 })
  const sent = messages.map(({ type, ...message }) => new Promise((resolve, reject) => {
    analytics[type](message, (error) => (error ? reject(error) : resolve()))
  }))
  for (let left = messages.length; left > 0; left -= 10) await analytics.flush()
  await Promise.all(sent)
}

const send = { segment: sendWithSegment, rudder: sendWithRudder }[client]
send().then(() => process.exit(0), (error) => { console.error(error); process.exit(1) })
