// The interactive page in a real browser; make check-web runs it with
//   PAGE (the page), OCELLUS (the command), STEP (step.c), IMAGES (class folders), MODEL (the page's own) and
//   MODULES (a folder with node_modules/playwright-core).
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {deflateSync} from 'node:zlib';

const {PAGE, OCELLUS, STEP, IMAGES, MODEL, MODULES} = process.env;
const {chromium} = createRequire(join(resolve(MODULES), 'package.json'))('playwright-core');
const folder = mkdtempSync(join(tmpdir(), 'ocellus-web-'));
const run = (program, options, input) => execFileSync(program, options, {input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe']});
let browser;

before(async () => {
  const executablePath = ['chromium', 'chromium-browser', 'google-chrome'].map(name => {
    try { return run('sh', ['-c', `command -v ${name}`]).trim(); } catch { return ''; }
  }).find(path => path);
  browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage']});
});
after(async () => {
  await browser?.close();
  rmSync(folder, {recursive: true});
});

// Opens the page; what it complains of, and whom it asks for anything, is kept in page.complaints.
const open = async options => {
  const page = await browser.newPage(options);
  page.complaints = [];
  page.on('console', message => page.complaints.push(message.text()));
  page.on('pageerror', error => page.complaints.push(String(error)));
  page.on('request', request => /^(file|data|blob):/.test(request.url()) || page.complaints.push(request.url()));
  await page.goto(pathToFileURL(resolve(PAGE)).href);
  await page.waitForSelector('html[data-ready]');
  return page;
};
const close = async page => {
  assert.deepEqual(page.complaints, []);
  await page.close();
};
const weights = page => page.evaluate(() => [...plane.state.weights]);
const numberIn = async (page, selector) => Number((await page.textContent(selector)).replace('−', '-'));
const trouble = page => page.evaluate(() => document.getElementById('trouble').textContent);

// W after one step by the library on this machine.
const nativeStep = async (page, rate) => {
  const t = await page.evaluate(() => {
    const {points, labels, classes, loss, l2} = plane.task();
    return {points: [...points], labels: [...labels], classes, loss, l2, weights: [...plane.state.weights]};
  });
  const rows = t.labels.map((label, i) => `${t.points[2 * i]} ${t.points[2 * i + 1]} ${label}`);
  const input = [`${t.labels.length} ${t.classes} ${t.loss} ${t.l2} ${rate}`, ...rows, ...t.weights].join('\n');
  return run(STEP, [], input).trim().split(/\s+/).map(Number);
};

test('one step changes W to what the C library gives, for every loss, with a penalty, on plain and polar features', async () => {
  const page = await open();
  for (const loss of ['0', '1', '2', '3', '4']) {
    for (const polar of [false, true]) {
      await page.click('text=Three groups');
      await page.setChecked('#polar', polar);
      await page.selectOption('#loss', loss);
      await page.fill('#l2', '6');
      const before = await weights(page), want = await nativeStep(page, 0.1);
      await page.click('#step');
      const got = await weights(page);
      assert.notDeepEqual(got, before);
      got.forEach((value, i) => assert.ok(Math.abs(value - want[i]) <= 1e-6 * Math.max(1, Math.abs(want[i])), `loss ${loss}: ${got} for ${want}`));
    }
  }
  await close(page);
});

test('steps lower the loss, Solve finds the least, and the parts of the objective add up', async () => {
  const page = await open();
  const first = await numberIn(page, '#objective');
  for (let i = 0; i < 20; i++) await page.click('#step');
  const later = await numberIn(page, '#objective');
  assert.ok(later < first, `${later} after ${first}`);
  await page.click('#solve');
  const least = await numberIn(page, '#objective');
  assert.ok(least < later, `${least} after ${later}`);
  const sum = await numberIn(page, '#data-loss') + await numberIn(page, '#penalty');
  assert.ok(Math.abs(sum - least) < 2e-4);
  await page.fill('#rate', '8');
  await page.click('#run');
  await page.waitForTimeout(300);
  await page.click('#run');
  const end = await numberIn(page, '#objective');
  assert.ok(end >= least - 1e-4 && end < least + 1e-2, `${end} by steps, ${least} by Solve`);
  await close(page);
});

test('no line parts the quadrants; the ring is parted by polar features alone', async () => {
  const page = await open();
  const solved = async preset => {
    await page.click(`text=${preset}`);
    await page.click('#solve');
    const [right, all] = (await page.textContent('#accuracy')).split(' of ').map(Number);
    return right / all;
  };
  assert.equal(await solved('Three groups'), 1);
  assert.ok(await solved('Quadrants') < 0.8);
  assert.ok(await solved('Three modes') < 1);
  assert.ok(await solved('Ring') < 1);
  await page.check('#polar');
  assert.equal(await solved('Ring'), 1);
  await close(page);
});

test('points move by pointer and by keyboard; W and b can be typed in', async () => {
  const page = await open();
  const point = () => page.evaluate(() => ({...plane.state.points[plane.state.chosen], count: plane.state.points.length}));
  const box = await page.locator('[data-point="9"] .target').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 40, box.y + box.height / 2 - 30, {steps: 4});
  await page.mouse.up();
  const dragged = await point();
  assert.equal(await page.evaluate(() => plane.state.chosen), 9);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowDown');
  const moved = await point();
  assert.ok(Math.abs(moved.x - (dragged.x - 0.1)) < 1e-9 && Math.abs(moved.y - (dragged.y - 0.5)) < 1e-9);
  await page.keyboard.press('PageDown');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.point), '10');
  await page.keyboard.press('Delete');
  assert.equal((await point()).count, moved.count - 1);
  await page.click('#add');
  assert.equal((await point()).count, moved.count);
  await page.fill('[data-weight="2"]', '-2.5');
  assert.equal((await weights(page))[2], -2.5);
  await close(page);
});

test('steps that are too large are said to be, and nothing breaks', async () => {
  const page = await open();
  await page.selectOption('#loss', '4');
  await page.fill('#rate', '12');
  for (let i = 0; i < 60 && !(await trouble(page)); i++) await page.click('#step');
  assert.match(await trouble(page), /too large/);
  await page.fill('#rate', '3');
  await page.click('#random');
  await page.click('#step');
  assert.equal(await trouble(page), '');
  await close(page);
});

// Drops a file on the image tab and waits for the label.
const drop = async (page, path) => {
  await page.evaluate(() => delete document.getElementById('label').dataset.label);
  const file = await page.evaluateHandle(([bytes, name]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0))], name));
    return transfer;
  }, [readFileSync(path).toString('base64'), path]);
  await page.dispatchEvent('#drop', 'drop', {dataTransfer: file});
  await page.waitForFunction(() => document.getElementById('label').dataset.label || document.getElementById('trouble').textContent);
  assert.equal(await trouble(page), '');
  return page.evaluate(() => ({...document.getElementById('label').dataset}));
};
const classify = (model, paths) => run(OCELLUS, ['classify', model, ...paths, '--json']).trim().split('\n').map(JSON.parse);

// A PNG file of colours that go up and down, with noise.
const crc32 = bytes => {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc >>> 0;
};
const noise = seed => () => (seed = Math.imul(seed ^ seed >>> 13, 1274126177) + 12345 | 0) >>> 24;
const chunk = (kind, data) => {
  const body = Buffer.concat([Buffer.from(kind), data]), frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
};
const writeColors = (path, width, height, seed) => {
  const random = noise(seed), header = Buffer.alloc(13), rows = Buffer.alloc(height * (3 * width + 1));
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < 3 * width; x++) rows[y * (3 * width + 1) + 1 + x] = (x * seed / 7 + y * 2 + random() / 4) % 256;
  }
  writeFileSync(path, Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]));
  return path;
};

// Two classes of eight images; the folder.
const writeSet = () => {
  const set = join(folder, 'set');
  for (const label of ['stripes', 'b,"l"obs']) {
    run('mkdir', ['-p', join(set, label)]);
    for (let i = 0; i < 8; i++) writeColors(join(set, label, `${i}.png`), 40, 30, label === 'stripes' ? 20 + i : 70 + 5 * i);
  }
  return set;
};

test('an opaque PNG gets the label and the probability that ocellus classify gives', async () => {
  const page = await open();
  await page.click('#tab-image');
  const files = readdirSync(IMAGES).flatMap(name => readdirSync(join(IMAGES, name)).sort().slice(0, 2).map(file => join(IMAGES, name, file)));
  files.push(writeColors(join(folder, 'wide.png'), 333, 77, 3), writeColors(join(folder, 'high.png'), 20, 61, 11), writeColors(join(folder, 'dot.png'), 1, 1, 5));
  for (const want of classify(MODEL, files)) {
    const got = await drop(page, want.path);
    assert.equal(got.label, want.label, want.path);
    assert.ok(Math.abs(Number(got.value) - want.probability) <= 1e-4, `${want.path}: ${got.value} for ${want.probability}`);
  }
  assert.equal(await page.locator('#figures canvas').count(), 3);
  await close(page);
});

test('any linear model of the command line works, with learned words and colours, and without probabilities', async () => {
  const page = await open();
  await page.click('#tab-image');
  const set = writeSet();
  for (const loss of ['softmax', 'hinge']) {
    const model = join(folder, `${loss}.model`), image = writeColors(join(folder, 'new.png'), 50, 50, 22);
    run(OCELLUS, ['train', set, '-f', 'color:grid=2+words:count=12,patch=5+hog:cell=8,block=2', '--size', '40x30', '--loss', loss, '-o', model]);
    await page.setInputFiles('#model', model);
    await page.waitForFunction(() => document.getElementById('about').textContent.includes('words'));
    const [want] = classify(model, [image]), got = await drop(page, image);
    assert.equal(got.label, want.label);
    const value = loss === 'softmax' ? want.probability : want.scores[want.label];
    assert.ok(Math.abs(Number(got.value) - value) <= 1e-3 * Math.max(1, Math.abs(value)), `${loss}: ${got.value} for ${value}`);
    assert.equal(await page.locator('#figures canvas').count(), 5);
  }
  await close(page);
});

test('what is no image and no model is refused with the reason, and the page goes on', async () => {
  const page = await open();
  await page.click('#tab-image');
  const text = join(folder, 'text.png');
  writeFileSync(text, 'not an image');
  await page.setInputFiles('#file', text);
  await page.waitForSelector('#trouble:visible');
  assert.match(await trouble(page), /cannot read this file as an image/);
  const bytes = readFileSync(MODEL), damaged = join(folder, 'damaged.model');
  for (const [change, reason] of [
    [Buffer.from('not a model'), /not a safetensors file/],
    [bytes.subarray(0, bytes.length - 4), /damaged/],
    [Buffer.from(bytes.toString('latin1').replace('hog:cell=4', 'hog:cell=7'), 'latin1'), /weights is not/],
    [Buffer.from(bytes.toString('latin1').replace('hog:cell=4', 'hgo:cell=4'), 'latin1'), /no stage 'hgo'/],
    [Buffer.concat([bytes.subarray(0, bytes.length - 4), Buffer.from([0, 0, 192, 127])]), /not finite/],
  ]) {
    writeFileSync(damaged, change);
    await page.setInputFiles('#model', damaged);
    await page.waitForFunction(source => new RegExp(source).test(document.getElementById('trouble').textContent), reason.source);
  }
  await page.click('#samples button');
  await page.waitForFunction(() => document.getElementById('label').dataset.label);
  assert.equal(await trouble(page), '');
  await close(page);
});

test('the page fits a phone, in light and dark, and its tabs go by arrow keys', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open({viewport: {width: 390, height: 844}, colorScheme});
    const fits = async () => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await fits();
    await page.focus('#tab-plane');
    await page.keyboard.press('ArrowRight');
    assert.ok(await page.isVisible('#drop'));
    await page.click('#samples button');
    await page.waitForFunction(() => document.getElementById('label').dataset.label);
    await fits();
    await close(page);
  }
});

test('a report fits a phone and a desk, in light and dark, with specs and class names that are long', async () => {
  const set = writeSet(), report = join(folder, 'report.html'), spec = 'hog:cell=8,preset=uoctti+hog:cell=4+color:grid=4,norm=hellinger,bins=4';
  run('cp', ['-r', join(set, 'stripes'), join(set, 'x'.repeat(120))]);
  run(OCELLUS, ['compare', set, '--test', set, '-f', 'pixels', '-f', spec, '-o', join(folder, 'best.model'), '--report', report]);
  for (const width of [390, 1280]) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.newPage({viewport: {width, height: 844}, colorScheme}), complaints = [];
      page.on('console', message => complaints.push(message.text()));
      page.on('pageerror', error => complaints.push(String(error)));
      await page.goto(pathToFileURL(report).href);
      await page.click('#confusion tbody tr:nth-child(2) td:nth-child(3) button');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `wider than ${width}`);
      assert.ok(await page.textContent('#cell h3'));
      assert.deepEqual(complaints, []);
      await page.close();
    }
  }
});
