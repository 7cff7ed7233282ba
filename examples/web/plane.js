/* The first tab: points of the plane, W and b, and gradient descent. */
const startPlane = (library, tell) => {
  const SIDE = 3, CLASSES = ['A', 'B', 'C'], SVG = 'http://www.w3.org/2000/svg';
  const RATES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
  const PENALTIES = [0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
  const $ = id => document.getElementById(id);
  const fill = (element, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.flat());
    return element;
  };
  const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
  const svg = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
  const short = (value, digits = 3) => !Number.isFinite(value) ? '–'
    : (Math.abs(value) >= 1e5 ? value.toExponential(1) : value.toFixed(digits)).replace(/^-(0\.0*)$/, '$1').replace('-', '−');

  /* Random numbers that are the same on every visit (mulberry32). */
  let seed = 1;
  const random = () => {
    seed = seed + 0x6D2B79F5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const near = (x, y, deviation, label, count) =>
    Array.from({length: count}, () => ({x: x + deviation * normal(), y: y + deviation * normal(), label}));
  const around = (low, high, label, count) => Array.from({length: count}, (_, i) => {
    const angle = 2 * Math.PI * (i + 0.6 * random()) / count, r = low + (high - low) * random();
    return {x: r * Math.cos(angle), y: r * Math.sin(angle), label};
  });
  const presets = [
    {name: 'Three groups', classes: 3, make: () => [...near(-1.3, 1.1, 0.45, 0, 8), ...near(1.5, 0.9, 0.45, 1, 8), ...near(0, -1.5, 0.45, 2, 8)],
      story: 'Each class has a side of the plane to itself: lines part them, and every loss finds such lines.'},
    {name: 'Quadrants', classes: 2, make: () => [...near(1.4, 1.4, 0.45, 0, 7), ...near(-1.4, -1.4, 0.45, 0, 7),
      ...near(-1.4, 1.4, 0.45, 1, 7), ...near(1.4, -1.4, 0.45, 1, 7)],
      story: 'Opposite quadrants are of one class. No line has one class on each side, so about half of the points stay wrong, whatever the loss.'},
    {name: 'Ring', classes: 2, make: () => [...around(0, 0.9, 0, 10), ...around(1.7, 2.4, 1, 20)],
      story: 'One class lies around the other. No line parts them – until the features are polar: then the distance from the middle is one of them, and that alone decides.'},
    {name: 'Three modes', classes: 2, make: () => [...near(-1.7, -0.9, 0.3, 0, 6), ...near(1.7, -0.9, 0.3, 0, 6), ...near(0, 1.8, 0.3, 0, 6),
      ...near(0, -0.2, 0.35, 1, 7), ...around(2.4, 2.8, 1, 10).filter(p => p.y < -1.9 || Math.abs(p.x) > 1.6 && p.y > 0.4)],
      story: 'One class looks three different ways, as horses that look left and right do. A linear classifier has one template for each class.'},
  ];

  const START = [[1, 0.4, 0.3], [-0.3, 0.9, -0.2], [0.5, -0.7, 0.4]];
  const state = {preset: 0, points: [], weights: new Float32Array(), polar: false, chosen: 0, losses: [], running: false};
  const classes = () => presets[state.preset].classes;
  const toFeatures = (x, y) => state.polar ? [Math.hypot(x, y), Math.atan2(y, x)] : [x, y];
  const task = () => ({
    points: Float32Array.from(state.points.flatMap(p => toFeatures(p.x, p.y))), labels: Int32Array.from(state.points, p => p.label),
    dimension: 2, classes: classes(), loss: Number($('loss').value), l2: PENALTIES[$('l2').value],
  });

  /* A plot with axes from (x0, y0) to (x1, y1): regions below, lines and points on top. */
  const plot = (title, [x0, x1], [y0, y1], names) => {
    const GRID = 120, W = 400, H = 400;
    const x = value => W * (value - x0) / (x1 - x0), y = value => H * (y1 - value) / (y1 - y0);
    const canvas = el('canvas', {width: GRID, height: GRID, 'aria-hidden': 'true'});
    const lines = svg('g', {}), marks = svg('g', {}), grid = svg('g', {class: 'grid'});
    for (let at = Math.ceil(x0); at <= x1; at++) grid.append(svg('line', {x1: x(at), x2: x(at), y1: 0, y2: H, class: at ? '' : 'axis'}));
    for (let at = Math.ceil(y0); at <= y1; at++) grid.append(svg('line', {y1: y(at), y2: y(at), x1: 0, x2: W, class: at ? '' : 'axis'}));
    const root = svg('svg', {viewBox: `0 0 ${W} ${H}`, role: 'group', 'aria-label': title}, grid, lines, marks,
      svg('text', {x: W - 6, y: Math.min(H - 6, y(0) + 16), 'text-anchor': 'end'}, names[0]), svg('text', {x: Math.min(W - 14, x(0) + 6), y: 14}, names[1]));
    return {figure: el('figure', {class: 'plot'}, canvas, root, el('figcaption', {class: 'note'}, title)), root, canvas, lines, marks, x, y,
      size: GRID, at: (i, j) => [x0 + (x1 - x0) * (i + 0.5) / GRID, y1 - (y1 - y0) * (j + 0.5) / GRID],
      place: (px, py) => [x0 + (x1 - x0) * px, y1 - (y1 - y0) * py], xs: [x0, x1], ys: [y0, y1]};
  };
  const plane = plot('The plane', [-SIDE, SIDE], [-SIDE, SIDE], ['x', 'y']);
  const feature = plot('The same points as the classifier sees them: r and θ', [0, 4.3], [-Math.PI, Math.PI], ['distance r', 'angle θ']);
  $('plane-plot').append(plane.figure);
  $('feature-plot').append(feature.figure);

  const style = getComputedStyle(document.documentElement);
  const palette = () => CLASSES.map((_, k) => style.getPropertyValue(`--c${k}`).trim().split(' ').map(Number));
  const paint = (p, features) => {
    const rows = new Float32Array(2 * p.size * p.size);
    for (let j = 0, k = 0; j < p.size; j++) for (let i = 0; i < p.size; i++, k += 2) rows.set(features(...p.at(i, j)), k);
    const count = classes(), scores = library.scores(rows, 2, count, state.weights), colors = palette();
    const context = p.canvas.getContext('2d'), image = context.createImageData(p.size, p.size);
    for (let k = 0; k < p.size * p.size; k++) {
      let best = 0, second = -1;
      for (let c = 1; c < count; c++) if (scores[k * count + c] > scores[k * count + best]) best = c;
      for (let c = 0; c < count; c++) if (c !== best && (second < 0 || scores[k * count + c] > scores[k * count + second])) second = c;
      const margin = scores[k * count + best] - scores[k * count + second];
      image.data.set([...colors[best], 45 + 50 * Math.tanh(margin / 2)], 4 * k);
    }
    context.putImageData(image, 0, 0);
  };
  /* Where each class has the score 0, with a short line towards what speaks for it. */
  const drawLines = p => {
    p.lines.replaceChildren();
    for (let k = 0; k < classes(); k++) {
      const [u, v, b] = state.weights.subarray(3 * k, 3 * k + 3), square = u * u + v * v;
      if (!(square > 1e-12)) continue;
      const cx = -b * u / square, cy = -b * v / square, far = 20 / Math.sqrt(square), arrow = 0.35 / Math.sqrt(square);
      const line = (ax, ay, bx, by, name) => svg('line', {x1: p.x(ax), y1: p.y(ay), x2: p.x(bx), y2: p.y(by), class: name, style: `stroke:rgb(var(--c${k}))`});
      p.lines.append(line(cx - far * v, cy + far * u, cx + far * v, cy - far * u, 'zero'),
        line(cx, cy, cx + arrow * u, cy + arrow * v, 'arrow'));
    }
  };
  const SHAPES = [() => svg('circle', {r: 7}), () => svg('rect', {x: -6.3, y: -6.3, width: 12.6, height: 12.6}), () => svg('path', {d: 'M0 -8.5L8 6H-8Z'})];
  const drawPoints = (p, features, active, scores) => {
    const focused = p.marks.contains(document.activeElement);
    p.marks.replaceChildren(...state.points.map((point, i) => {
      const [a, b] = features(point.x, point.y), row = [...scores.subarray(i * classes(), (i + 1) * classes())];
      const wrong = row.indexOf(Math.max(...row)) !== point.label;
      const g = svg('g', {class: `point${wrong ? ' wrong' : ''}${i === state.chosen ? ' chosen' : ''}`, style: `--own:rgb(var(--c${point.label}))`,
        transform: `translate(${p.x(a).toFixed(2)} ${p.y(b).toFixed(2)})`}, svg('circle', {r: 18, class: 'target'}), SHAPES[point.label]());
      if (active) {
        fill(g, {tabindex: i === state.chosen ? 0 : -1, role: 'button', 'data-point': i, 'aria-label': `Point ${i + 1} of ${state.points.length}, class ` +
          `${CLASSES[point.label]}, at ${short(point.x, 2)}, ${short(point.y, 2)}${wrong ? ', on the wrong side' : ''}`}, []);
      }
      return g;
    }));
    if (focused && active && state.points.length) p.marks.children[state.chosen].focus();
  };

  /* Inputs are kept while they are typed in. */
  const weightsTable = () => {
    const head = el('tr', {}, el('th', {class: 'name', scope: 'col'}, 'class'), (state.polar ? ['w for r', 'w for θ', 'b'] : ['w for x', 'w for y', 'b']).map(name => el('th', {scope: 'col'}, name)));
    const cell = (k, j) => el('td', {}, el('input', {type: 'number', step: '0.1', 'data-weight': 3 * k + j,
      'aria-label': `${j < 2 ? `weight ${j + 1}` : 'bias'} of class ${CLASSES[k]}`}), el('span', {class: 'slope', title: 'its gradient'}));
    const key = k => svg('svg', {viewBox: '-10 -10 20 20', class: 'key', style: `--own:rgb(var(--c${k}))`, 'aria-hidden': 'true'}, SHAPES[k]());
    const rows = Array.from({length: classes()}, (_, k) => el('tr', {}, el('th', {class: 'name', scope: 'row'}, key(k), CLASSES[k]),
      [0, 1, 2].map(j => cell(k, j))));
    $('weights').replaceChildren(el('thead', {}, head), el('tbody', {}, rows));
  };
  const pointsTable = (scores) => {
    const count = classes(), loss = Number($('loss').value);
    const head = [...(state.polar ? ['r', 'θ'] : ['x', 'y']), 'class', ...CLASSES.slice(0, count).map(name => `score ${name}`), 'label', 'loss'];
    $('points').replaceChildren(el('thead', {}, el('tr', {}, head.map(name => el('th', {scope: 'col'}, name)))), el('tbody', {}, state.points.map((point, i) => {
      const row = [...scores.subarray(i * count, (i + 1) * count)], best = row.indexOf(Math.max(...row));
      return el('tr', i === state.chosen ? {class: 'chosen'} : {}, toFeatures(point.x, point.y).map(value => el('td', {}, short(value, 2))), el('td', {}, CLASSES[point.label]),
        row.map((value, k) => el('td', k === best ? {class: 'best', style: `color:rgb(var(--c${k}))`} : {}, short(value))),
        el('td', {}, best === point.label ? 'right' : `taken for ${CLASSES[best]}`), el('td', {}, short(library.loss(loss, row, point.label))));
    })));
  };
  const drawCurve = () => {
    const W = 460, H = 170, left = 46, right = 8, top = 10, bottom = 32, all = state.losses;
    const highest = Math.max(...all.filter(Number.isFinite), 1e-9), last = Math.max(all.length - 1, 10), every = Math.ceil(all.length / 400);
    const x = i => left + (W - left - right) * i / last, y = v => top + (H - top - bottom) * (1 - Math.min(v, highest) / highest);
    const path = all.map((v, i) => [i, v]).filter(([i, v]) => Number.isFinite(v) && (i % every === 0 || i === all.length - 1))
      .map(([i, v], k) => `${k ? 'L' : 'M'}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join('');
    $('curve').replaceChildren(...[0, highest / 2, highest].map(v => svg('g', {}, svg('line', {class: 'grid', x1: left, x2: W - right, y1: y(v), y2: y(v)}),
      svg('text', {x: left - 6, y: y(v) + 4, 'text-anchor': 'end'}, highest < 0.01 ? v.toExponential(0) : Number(v.toPrecision(2))))),
      svg('path', {d: path, class: 'curve'}), svg('text', {x: (left + W - right) / 2, y: H - 4, 'text-anchor': 'middle'}, `loss after each step (${all.length - 1})`),
      svg('text', {x: W - right, y: H - 4, 'text-anchor': 'end'}, last), svg('text', {x: left, y: H - 4}, 0));
  };

  /* Draws everything. The trace of losses begins (first), has its end replaced (again) or gets longer (next). */
  const show = trace => {
    const t = task(), enough = state.points.length > 0;
    const now = enough ? library.measure(t, state.weights) : {loss: NaN, objective: NaN, accuracy: NaN, gradient: new Float32Array(3 * classes())};
    const scores = enough ? library.scores(t.points, 2, t.classes, state.weights) : new Float32Array();
    feature.figure.hidden = plane.figure.lastChild.hidden = !state.polar;
    paint(plane, toFeatures);
    if (state.polar) {
      paint(feature, (r, angle) => [r, angle]);
      drawLines(feature);
      drawPoints(feature, toFeatures, false, scores);
      plane.lines.replaceChildren();
    } else {
      drawLines(plane);
    }
    drawPoints(plane, (x, y) => [x, y], true, scores);
    for (const input of $('weights').querySelectorAll('input')) {
      const i = input.dataset.weight, value = Number(state.weights[i].toPrecision(6));
      if (input !== document.activeElement || state.running) input.value = Math.abs(value) < 1e4 ? Number(value.toFixed(4)) : value;
      input.nextSibling.textContent = short(now.gradient[i]);
    }
    const t2 = now.objective - now.loss;
    $('sum').replaceChildren(el('span', {}, 'loss ', el('b', {id: 'data-loss'}, short(now.loss, 4))), el('span', {}, '+ penalty ', el('b', {id: 'penalty'}, short(t2, 4))),
      el('span', {}, '= ', el('b', {id: 'objective'}, short(now.objective, 4))), el('span', {}, 'right: ', el('b', {id: 'accuracy'}, enough ? `${Math.round(now.accuracy * t.labels.length)} of ${t.labels.length}` : '–')));
    $('rate').nextElementSibling.textContent = RATES[$('rate').value];
    $('l2').nextElementSibling.textContent = t.l2;
    pointsTable(scores);
    if (trace === 'again') state.losses.pop();
    if (trace === 'first') state.losses = [];
    state.losses.push(now.objective);
    drawCurve();
  };
  const record = () => show('next'), restart = () => show('first');
  const stop = () => {
    state.running = false;
    $('run').setAttribute('aria-pressed', 'false');
    $('run').textContent = 'Run';
  };
  /* What fails is told, and nothing goes on. */
  const attempt = work => {
    try {
      tell(null);
      work();
    } catch (error) {
      stop();
      tell(error);
    }
  };
  const step = () => attempt(() => {
    const next = library.step(task(), RATES[$('rate').value], state.weights);
    if (!next.every(Number.isFinite)) throw new Error('the steps are too large: W grows without bounds. Take a smaller step size, and Random W');
    state.weights = next;
    record();
  });
  const frame = () => {
    if (!state.running) return;
    step();
    requestAnimationFrame(frame);
  };

  const load = preset => attempt(() => {
    stop();
    seed = 20 + preset;
    Object.assign(state, {preset, chosen: 0, weights: Float32Array.from(START.slice(0, presets[preset].classes).flat()), points: presets[preset].make()});
    $('story').textContent = presets[preset].story;
    $('presets').querySelectorAll('button').forEach((button, i) => button.setAttribute('aria-pressed', String(i === preset)));
    weightsTable();
    restart();
  });
  $('presets').append(...presets.map((preset, i) => {
    const button = el('button', {'aria-pressed': 'false'}, preset.name);
    button.addEventListener('click', () => load(i));
    return button;
  }));

  const change = () => attempt(() => show('again'));
  const move = (point, x, y) => {
    point.x = Math.max(-SIDE, Math.min(SIDE, x));
    point.y = Math.max(-SIDE, Math.min(SIDE, y));
    change();
  };
  const add = (x, y) => {
    state.points.push({x, y, label: state.points.length ? state.points[state.chosen].label : 0});
    state.chosen = state.points.length - 1;
    change();
  };
  const remove = () => {
    state.points.splice(state.chosen, 1);
    state.chosen = Math.max(0, Math.min(state.chosen, state.points.length - 1));
    change();
  };
  const reclass = () => {
    if (state.points.length) state.points[state.chosen].label = (state.points[state.chosen].label + 1) % classes();
    change();
  };
  const under = event => {
    const box = plane.root.getBoundingClientRect();
    return plane.place((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  /* The nearest point below the pointer is taken, and keeps its distance from it. */
  let held = null;
  const nearest = (x, y) => {
    const distances = state.points.map(point => Math.hypot(point.x - x, point.y - y)), i = distances.indexOf(Math.min(...distances));
    return distances[i] < 0.3 ? i : -1;
  };
  plane.root.addEventListener('pointerdown', event => {
    const [x, y] = under(event), i = nearest(x, y), point = state.points[i];
    if (!point) return;
    event.preventDefault();
    state.chosen = i;
    held = {point, x: point.x - x, y: point.y - y};
    plane.root.setPointerCapture(event.pointerId);
    change();
    plane.marks.children[i].focus();
  });
  plane.root.addEventListener('pointermove', event => {
    const [x, y] = under(event);
    if (held) move(held.point, x + held.x, y + held.y);
  });
  for (const name of ['pointerup', 'pointercancel']) plane.root.addEventListener(name, () => { held = null; });
  plane.root.addEventListener('dblclick', event => nearest(...under(event)) < 0 && add(...under(event)));
  plane.root.addEventListener('keydown', event => {
    const point = state.points[state.chosen], by = event.shiftKey ? 0.5 : 0.1;
    const shift = {ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by], ArrowDown: [0, -by]}[event.key];
    const turn = {PageUp: -1, PageDown: 1}[event.key];
    if (!point || !shift && !turn && event.key !== 'Delete') return;
    event.preventDefault();
    if (shift) move(point, point.x + shift[0], point.y + shift[1]);
    else if (turn) {
      state.chosen = (state.chosen + turn + state.points.length) % state.points.length;
      change();
    } else remove();
  });
  $('add').addEventListener('click', () => add(0.2 * normal(), 0.2 * normal()));
  $('remove').addEventListener('click', remove);
  $('class').addEventListener('click', reclass);
  $('polar').addEventListener('change', event => {
    state.polar = event.target.checked;
    stop();
    weightsTable();
    attempt(restart);
  });
  $('weights').addEventListener('input', event => {
    const value = event.target.valueAsNumber;
    if (Number.isFinite(value)) {
      state.weights[event.target.dataset.weight] = value;
      change();
    }
  });
  $('loss').addEventListener('change', () => attempt(restart));
  $('rate').addEventListener('input', () => { $('rate').nextElementSibling.textContent = RATES[$('rate').value]; });
  $('l2').addEventListener('input', change);
  $('step').addEventListener('click', step);
  $('run').addEventListener('click', () => {
    if (state.running) return stop();
    state.running = true;
    $('run').setAttribute('aria-pressed', 'true');
    $('run').textContent = 'Pause';
    requestAnimationFrame(frame);
  });
  $('solve').addEventListener('click', () => attempt(() => {
    stop();
    state.weights = library.solve(task());
    record();
  }));
  $('random').addEventListener('click', () => attempt(() => {
    seed = Math.floor(2 ** 31 * Math.random());
    state.weights = Float32Array.from(state.weights, normal);
    restart();
  }));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', change);
  $('rate').value = 6;
  $('every').open = innerWidth > 736;
  $('l2').value = 3;
  load(0);
  /* For those who want to look closer, and for tests. */
  window.plane = {state, task, library};
};
