/* The C library in the page: memory, calls, and the model files of the command line.
 *
 * Numbers go to C and back through the memory of the WebAssembly, which may move when it grows: views of it are made anew
 * for every copy. A failed call throws an Error with the library's message. */
const openLibrary = async bytes => {
  const EBADF = 8;
  let c;
  const view = () => new DataView(c.memory.buffer);
  /* The clock is all that the library needs of a system; it opens no file. */
  const wasi = {
    clock_time_get: (id, precision, at) => (view().setBigUint64(at, BigInt(Math.round(performance.now() * 1e6)), true), 0),
    environ_sizes_get: (count, size) => (view().setUint32(count, 0, true), view().setUint32(size, 0, true), 0),
    environ_get: () => 0,
    fd_close: () => EBADF, fd_seek: () => EBADF, fd_write: () => EBADF, fd_read: () => EBADF, 
    proc_exit: code => { throw new Error(`the library stopped (${code})`); },
  };
  const {instance} = await WebAssembly.instantiate(bytes, {
    wasi_snapshot_preview1: wasi, env: {emscripten_notify_memory_growth: () => {}},
  });
  c = instance.exports;
  c._initialize();

  const text = at => {
    const all = new Uint8Array(c.memory.buffer, at);
    return new TextDecoder().decode(all.slice(0, all.indexOf(0)));
  };
  const check = status => {
    if (status) throw new Error(text(c.oc_web_message()));
  };
  const room = size => {
    const at = c.oc_web_alloc(size);
    if (!at) throw new Error('out of memory');
    return at;
  };
  const put = array => {
    const at = room(array.byteLength);
    new Uint8Array(c.memory.buffer).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    return at;
  };
  const get = (Type, at, count) => new Type(c.memory.buffer.slice(at, at + count * Type.BYTES_PER_ELEMENT));
  const string = value => put(new TextEncoder().encode(value + '\0'));
  /* Arrays that are given back when the work is done. */
  const within = work => {
    const taken = [], keep = at => (taken.push(at), at);
    try {
      return work({put: array => keep(put(array)), room: size => keep(room(size)), string: value => keep(string(value))});
    } finally {
      taken.forEach(at => c.oc_web_free(at));
    }
  };

  /* struct oc_web_task */
  const task = (m, {points, labels, dimension, classes, loss, l2}) => {
    const at = m.room(32), pointers = [m.put(points), m.put(labels)], v = view();
    [...pointers, labels.length, dimension, classes, loss].forEach((value, i) => v.setUint32(at + 4 * i, value, true));
    v.setFloat64(at + 24, l2, true);
    return at;
  };
  const size = t => t.classes * (t.dimension + 1);

  return {
    /* Of {points (N,D) Float32Array, labels (N) Int32Array, dimension, classes, loss, l2} and weights (C, D+1): */
    measure: (t, weights) => within(m => {
      const w = m.put(weights), g = m.room(4 * size(t)), f = m.room(24);
      check(c.oc_web_measure(task(m, t), w, g, f));
      const [loss, objective, accuracy] = get(Float64Array, f, 3);
      return {loss, objective, accuracy, gradient: get(Float32Array, g, size(t))};
    }),
    step: (t, rate, weights) => within(m => {
      const w = m.put(weights);
      check(c.oc_web_step(task(m, t), rate, w));
      return get(Float32Array, w, size(t));
    }),
    solve: t => within(m => {
      const w = m.room(4 * size(t));
      check(c.oc_web_solve(task(m, t), w));
      return get(Float32Array, w, size(t));
    }),
    scores: (points, dimension, classes, weights) => within(m => {
      const count = points.length / dimension, s = m.room(4 * count * classes);
      check(c.oc_web_scores(m.put(points), count, dimension, classes, m.put(weights), s));
      return get(Float32Array, s, count * classes);
    }),
    loss: (kind, scores, label) => within(m => c.oc_web_loss(kind, m.put(Float64Array.from(scores)), scores.length, label)),

    /* Opens what readModel read; the library has one model at a time. */
    open: model => within(m => {
      const [width, height] = model.size, count = model.classes.length;
      check(c.oc_web_open(m.string(model.spec), width, height, model.fit, count, model.loss, model.unit, model.calibration));
      const dimension = c.oc_web_dimension();
      const fill = (which, name, shape) => {
        const tensor = model.tensors.get(name);
        if (!tensor || String(tensor.shape) !== String(shape)) throw new Error(`damaged model: ${name} is not ${shape.join(' x ')}`);
        new Float32Array(c.memory.buffer, c.oc_web_array(which), tensor.values.length).set(tensor.values);
      };
      fill(0, 'weights', [count, dimension + 1]);
      fill(1, 'shift', [dimension]);
      fill(2, 'scale', [dimension]);
      const stages = [];
      for (let i = 0; i < c.oc_web_stages(); i++) {
        const learned = [...model.tensors].filter(([name]) => name.startsWith(`stage.${i}.`));
        learned.forEach(([name, {shape, values}], slot) => check(c.oc_web_tensor(slot, m.string(name.split('.').slice(2).join('.')),
          shape.length > 1 ? shape[0] : 1, shape.at(-1), m.put(values))));
        check(c.oc_web_restore(i, learned.length));
        stages.push({spec: text(c.oc_web_stage(i)), aspect: c.oc_web_aspect(i)});
      }
      return {...model, stages, dimension};
    }),
    /* rgb (height, width, 3) Uint8Array */
    classify: (model, rgb, width, height) => within(m => {
      const count = model.classes.length, s = m.room(4 * count), p = m.room(4 * count);
      check(c.oc_web_classify(m.put(rgb), width, height, s, p));
      return {scores: get(Float32Array, s, count), probabilities: model.calibration > 0 ? get(Float32Array, p, count) : null};
    }),
    /* Of the image that was classified last: what the stages got, what they drew, what spoke for a class. */
    seen: model => get(Uint8Array, c.oc_web_seen(), 3 * model.size[0] * model.size[1]),
    draw: (stage, width, height) => {
      const at = c.oc_web_draw(stage, width, height);
      check(at ? 0 : 1);
      return get(Uint8Array, at, 3 * width * height);
    },
    explain: (model, label) => within(m => {
      const count = model.size[0] * model.size[1], map = m.room(8 * count), parts = m.room(8 * model.stages.length), bias = m.room(8);
      check(c.oc_web_explain(label, map, parts, bias));
      return {map: get(Float64Array, map, count), parts: get(Float64Array, parts, model.stages.length), bias: get(Float64Array, bias, 1)[0]};
    }),
  };
};

/* One CSV column of class names. */
const readNames = csv => [...csv.matchAll(/"((?:[^"]|"")*)"\n|([^\n]*)\n/g)].map(m => m[1] === undefined ? m[2] : m[1].replaceAll('""', '"'));

/* A model file (safetensors) of the command line: names, settings and arrays. */
const LOSSES = ['softmax', 'hinge', 'squared-hinge', 'ovr-squared-hinge', 'square'];
const readModel = buffer => {
  const no = why => { throw new Error(`this file is no model that can be used here: ${why}`); };
  const length = buffer.byteLength < 8 ? 0 : Number(new DataView(buffer).getBigUint64(0, true));
  if (!(length > 1 && length <= buffer.byteLength - 8)) no('it is not a safetensors file');
  let header;
  try {
    header = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(new Uint8Array(buffer, 8, length)));
  } catch {
    no('its header is not JSON');
  }
  const {__metadata__: about, ...arrays} = header;
  if (!about || about.format !== 'ocellus-model' || about.version !== '1') no('it was not made by ocellus train');
  if (!about.spec) no('it was trained on rows, and classifies no images');
  if (about['train.classifier'] !== 'linear') no('it keeps neighbours instead of weights');
  const size = (about.size || '').split('x').map(Number), fit = ['stretch', 'crop', 'pad'].indexOf(about.fit);
  const loss = LOSSES.indexOf(about['train.loss']), classes = readNames(about.classes || '');
  if (size.length !== 2 || !size.every(side => side > 0 && side <= 65535) || fit < 0 || loss < 0 || classes.length < 2) no('its settings are damaged');
  const tensors = new Map();
  for (const [name, {dtype, shape, data_offsets: offsets}] of Object.entries(arrays)) {
    const count = Array.isArray(shape) ? shape.reduce((product, side) => product * side, 1) : NaN;
    const [from, to] = Array.isArray(offsets) ? offsets : [];
    if (dtype !== 'F32' || !(count >= 0) || to - from !== 4 * count || !(from >= 0 && to <= buffer.byteLength - 8 - length)) no(`the array ${name} is damaged`);
    const values = new Float32Array(buffer.slice(8 + length + from, 8 + length + to));
    if (!values.every(Number.isFinite)) no(`the array ${name} has values that are not finite`);
    tensors.set(name, {shape, values});
  }
  const unit = about['train.scale'] === 'unit' ? 1 : 0, calibration = Number(about.calibration || 0);
  return {spec: about.spec, size, fit, loss, unit, calibration, classes, tensors, images: (about.counts || '').split(',').reduce((sum, n) => sum + Number(n), 0)};
};
