/* The second tab: an image, what the stages make of it, the scores, the label. */
const startImage = (library, bundled, samples, tell) => {
  const $ = id => document.getElementById(id);
  const el = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children.flat());
    return element;
  };
  /* Folder names carry what a path cannot as %2F. */
  const readable = name => {
    try {
      return decodeURIComponent(name);
    } catch {
      return name;
    }
  };
  let model, rgb, width, height;

  const use = (buffer, name) => {
    model = library.open(readModel(buffer));
    const parameters = model.classes.length * (model.dimension + 1);
    $('about').textContent = `The model: ${name}, ${model.spec} of ${model.size[0]} × ${model.size[1]} pixels, ${model.dimension.toLocaleString('en')} values, ` +
      `${parameters.toLocaleString('en')} weights and biases` + (model.images ? `, trained on ${model.images.toLocaleString('en')} images` : '') + '.';
  };

  /* Pixels as they are in the file, over white where it is transparent. */
  const decode = async file => {
    let bitmap;
    try {
      bitmap = await createImageBitmap(file, {colorSpaceConversion: 'none'});
    } catch {
      throw new Error('the browser cannot read this file as an image');
    }
    const canvas = $('source'), context = canvas.getContext('2d', {willReadFrequently: true});
    [width, height] = [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const rgba = context.getImageData(0, 0, width, height).data;
    rgb = new Uint8Array(3 * width * height);
    for (let i = 0, k = 0; k < rgb.length; i += 4, k += 3) {
      rgb[k] = rgba[i];
      rgb[k + 1] = rgba[i + 1];
      rgb[k + 2] = rgba[i + 2];
    }
    canvas.hidden = false;
    canvas.classList.toggle('small', width < 200);
    $('invitation').hidden = true;
  };
  const paint = (canvas, pixels, w, h) => {
    const image = new ImageData(w, h);
    for (let i = 0, k = 0; k < pixels.length; i += 4, k += 3) image.data.set([pixels[k], pixels[k + 1], pixels[k + 2], 255], i);
    canvas.getContext('2d').putImageData(image, 0, 0);
    return canvas;
  };
  const figure = (canvas, caption, name) => {
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', caption);
    if (name) canvas.className = name;
    return el('figure', {}, canvas, el('figcaption', {class: 'note'}, caption));
  };
  const canvasOf = (w, h) => el('canvas', {width: w, height: h});

  /* The image in gray, and over it in colour how much each pixel adds to the score of the class, or takes from it. */
  const explanation = label => {
    const {map, parts, bias} = library.explain(model, label), [w, h] = model.size, seen = library.seen(model);
    const sizes = [...map].map(Math.abs).sort((a, b) => b - a), limit = sizes[Math.floor(sizes.length / 100)] || 1;
    const colors = ['--for', '--against'].map(name => getComputedStyle(document.documentElement).getPropertyValue(name).trim().split(' ').map(Number));
    const canvas = canvasOf(w, h), image = new ImageData(w, h);
    map.forEach((value, i) => {
      const gray = 255 - 0.35 * (255 - (seen[3 * i] + seen[3 * i + 1] + seen[3 * i + 2]) / 3), part = 0.85 * Math.min(1, Math.abs(value) / limit);
      const color = colors[value >= 0 ? 0 : 1];
      image.data.set([...color.map(c => gray + part * (c - gray)), 255], 4 * i);
    });
    canvas.getContext('2d').putImageData(image, 0, 0);
    const signed = value => (value < 0 ? '− ' : '+ ') + Math.abs(value).toFixed(2);
    return figure(canvas, `What speaks for ${readable(model.classes[label])} (blue) and against it (orange). It all adds up: ${parts.reduce((a, b) => a + b, 0).toFixed(2).replace('-', '−')} ` +
      `${signed(bias)} (bias) = ${(parts.reduce((a, b) => a + b, 0) + bias).toFixed(2).replace('-', '−')}`, 'pixels');
  };

  const show = () => {
    const {scores, probabilities} = library.classify(model, rgb, width, height), best = scores.indexOf(Math.max(...scores));
    const label = $('label'), values = probabilities || scores, high = Math.max(...values), low = probabilities ? 0 : Math.min(0, ...values);
    const number = value => probabilities ? `${(100 * value).toFixed(1)} %` : value.toFixed(2).replace('-', '−');
    label.replaceChildren(el('b', {}, readable(model.classes[best])), ` ${probabilities ? 'with probability' : 'with a score of'} ${number(values[best])}`);
    Object.assign(label.dataset, {label: model.classes[best], value: values[best]});
    const why = el('div', {id: 'why'}), buttons = [];
    const explain = k => {
      buttons.forEach(button => button.setAttribute('aria-pressed', String(Number(button.dataset.class) === k)));
      why.replaceChildren(explanation(k));
    };
    $('scores').replaceChildren(...[...scores.keys()].sort((a, b) => scores[b] - scores[a]).slice(0, 12).map(k => {
      const button = el('button', {class: 'score', 'data-class': k, title: 'Show what speaks for it', 'aria-pressed': 'false'}, el('span', {class: 'who'}, readable(model.classes[k])),
        el('span', {class: 'track', 'aria-hidden': 'true'}, el('i', {style: `width:${100 * (values[k] - low) / (high - low || 1)}%`})),
        el('span', {class: 'value'}, number(values[k])), el('span', {class: 'value quiet'}, scores[k].toFixed(2).replace('-', '−')));
      button.addEventListener('click', () => explain(k));
      buttons.push(button);
      return button;
    }), el('p', {class: 'note'}, `${probabilities ? 'Probability and score' : 'Score'} of ${model.classes.length > 12 ? 'the twelve best classes' : 'each class'}. Choose one to see what speaks for it.`));
    const [w, h] = model.size, scale = Math.max(1, Math.floor(560 / h));
    $('figures').replaceChildren(
      figure(paint(canvasOf(w, h), library.seen(model), w, h), `The image at ${w} × ${h} pixels, as the stages get it`, 'pixels'),
      ...model.stages.map((stage, i) => {
        const tall = scale * h, wide = Math.round(tall * stage.aspect);
        return figure(paint(canvasOf(wide, tall), library.draw(i, wide, tall), wide, tall), `${stage.spec}: what this stage sees`);
      }), why);
    explain(best);
    $('way').hidden = false;
  };
  const look = async file => {
    try {
      tell(null);
      await decode(file);
      show();
    } catch (error) {
      tell(error);
    }
  };

  const drop = $('drop');
  $('file').addEventListener('change', event => {
    if (event.target.files[0]) look(event.target.files[0]);
    event.target.value = '';
  });
  document.addEventListener('dragover', event => event.preventDefault());
  document.addEventListener('drop', event => {
    event.preventDefault();
    drop.classList.remove('over');
    if (!$('image').hidden && event.dataTransfer.files[0]) look(event.dataTransfer.files[0]);
  });
  drop.addEventListener('dragenter', () => drop.classList.add('over'));
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  document.addEventListener('paste', event => {
    if (!$('image').hidden && event.clipboardData.files[0]) look(event.clipboardData.files[0]);
  });
  $('model').addEventListener('change', async event => {
    const file = event.target.files[0];
    event.target.value = '';
    if (!file) return;
    try {
      tell(null);
      use(await file.arrayBuffer(), file.name);
    } catch (error) {
      use(bundled, 'Fashion-MNIST');
      tell(error);
    }
    if (rgb) show();
  });
  $('samples').append(...samples.map(([name, png], i) => {
    const file = new Blob([png], {type: 'image/png'});
    const button = el('button', {title: readable(name), 'aria-label': `A test image of the class ${readable(name)}`}, el('img', {src: URL.createObjectURL(file), alt: '', width: 28, height: 28}));
    button.addEventListener('click', () => look(file));
    return button;
  }));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => rgb && show());
  use(bundled, 'Fashion-MNIST');
};
