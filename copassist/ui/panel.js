// Clicks on buttons of our own HTML reach Python as events; what opens is scrolled to its mark.
// props.shows: the id of the panel where the answer to a click appears, when it is another one.
const other = () => (props.shows && document.getElementById(props.shows)) || element;
const wait = () => {
  const place = other();
  place.classList.add('cop-wait'); // seen at once, whatever the server takes
  place.querySelectorAll('.cop-viewer[hidden]').forEach((viewer) => { viewer.hidden = false; });
  setTimeout(() => place.classList.remove('cop-wait'), 3000); // where nothing changes
};
const written = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement('textarea'); // a page served over plain HTTP
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
};
const viewer = () => element.querySelector('.cop-viewer');
const opener = () => document.querySelector('[data-opener]');
const remember = (pressed) => {
  window.copGoes = pressed.dataset.goes; // where what it opens stands: see events.shown
  window.copLine = pressed.dataset.line; // of the register: see register.BACK_TO_LINE
  document.querySelectorAll('[data-opener]').forEach((one) => { delete one.dataset.opener; });
  pressed.dataset.opener = '';
};
const acts = {
  copy: (pressed) => written(pressed.dataset.copied).then(() => {
    pressed.textContent = pressed.dataset.done;
  }),
  widen: (pressed) => {
    const wide = viewer().classList.toggle('cop-wide');
    pressed.setAttribute('aria-pressed', wide);
  },
  tab: (pressed) => {
    document.querySelector(`button[role=tab][data-tab-id="${pressed.dataset.tab}"]`)?.click();
  },
  close: () => {
    viewer().hidden = true;
    opener()?.focus();
  },
};
element.addEventListener('click', (event) => {
  const pressed = event.target.closest('[data-act]');
  if (!pressed) return;
  if (acts[pressed.dataset.act]) {
    acts[pressed.dataset.act](pressed);
    return;
  }
  if (!pressed.closest('.cop-viewer')) remember(pressed);
  wait();
  const field = pressed.dataset.reads && document.getElementById(pressed.dataset.reads);
  trigger('click', { ...pressed.dataset, ...(field ? { text: field.value } : {}) });
});
element.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.matches('input[id]')) {
    element.querySelector(`[data-reads="${event.target.id}"]`)?.click();
  }
  if (event.key !== 'Escape' || !viewer() || viewer().hidden) return;
  const way = viewer().querySelector('[data-act=widen][aria-pressed=true]')
    || viewer().querySelector('[data-act=back]') || viewer().querySelector('[data-act=close]');
  way?.click();
});
let opened = false;
watch('value', () => {
  element.closest('.cop-wait')?.classList.remove('cop-wait');
  element.querySelectorAll('.cop-dots').forEach((dots) => { // the latest sessions stand at the right
    dots.parentElement.scrollLeft = dots.scrollWidth;
  });
  const heading = element.querySelector('.cop-viewer h2');
  if (!heading) {
    if (opened && props.returns) opener()?.focus();
    opened = false;
    return;
  }
  opened = true;
  document.dispatchEvent(new Event('cop-opened')); // see history.js
  const mark = element.querySelector('mark, .cop-box, .cop-opened');
  const image = element.querySelector('.cop-page img');
  const show = () => (mark || heading).scrollIntoView({ block: 'center' });
  if (image && !image.complete) image.addEventListener('load', show, { once: true });
  else show();
  heading.focus({ preventScroll: true });
});
if (!window.copPresses) { // once a page: Gradio's own buttons show nothing until the server answers
  window.copPresses = true;
  document.addEventListener('click', (event) => {
    const pressed = event.target.closest('button.lg, button.sm');
    if (!pressed) return;
    pressed.classList.add('cop-pressed');
    setTimeout(() => pressed.classList.remove('cop-pressed'), 1000);
  }, true);
}
