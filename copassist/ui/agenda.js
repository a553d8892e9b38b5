// The agenda's items are dragged by their handle, moved by buttons and timed in place. Runs after
// panel.js, with the same element, trigger and watch.
const items = () => element.querySelector('.cop-agenda > ol');
const tell = (act, item, values) => {
  items().classList.add('cop-wait');
  trigger('click', { act, item, ...values });
};
let held = null; // what is dragged: the item, where it was, and the place it would take
let again = null; // what had the focus, to give it back when the list is drawn anew
const place = () => [...items().children].indexOf(held.item);
const settle = (keep) => {
  const { item, from } = held;
  const to = place();
  if (!keep) items().insertBefore(item, items().children[from > to ? from + 1 : from] || null);
  item.classList.remove('cop-held');
  items().classList.remove('cop-sorting');
  held = null;
  if (keep && to !== from) tell('move', item.dataset.item, { position: to });
  item.scrollIntoView({ block: 'nearest' });
};
element.addEventListener('pointerdown', (event) => {
  const handle = event.target.closest('.cop-handle');
  if (!handle || event.button) return;
  event.preventDefault();
  const item = handle.closest('li');
  const before = item.getBoundingClientRect().top;
  held = { item, from: [...items().children].indexOf(item) };
  item.classList.add('cop-held');
  items().classList.add('cop-sorting'); // titles only: a long item is as easily passed as a short one
  window.scrollBy(0, item.getBoundingClientRect().top - before);
});
document.addEventListener('pointermove', (event) => {
  if (!held) return;
  const others = [...items().children].filter((one) => one !== held.item);
  const below = others.find((one) => {
    const box = one.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  }) || null;
  if (held.item.nextElementSibling !== below) items().insertBefore(held.item, below);
});
document.addEventListener('pointerup', () => { if (held) settle(true); });
document.addEventListener('pointercancel', () => { if (held) settle(false); });
document.addEventListener('keydown', (event) => { if (held && event.key === 'Escape') settle(false); });
element.addEventListener('click', (event) => {
  const point = event.target.closest('[data-point]');
  if (point) {
    again = { item: point.closest('[data-item]').dataset.item, way: '[data-point]' };
    tell('point', again.item, { point: point.dataset.point });
  }
  const pressed = event.target.closest('[data-step]');
  if (!pressed) return;
  const item = pressed.closest('li');
  const position = [...items().children].indexOf(item) + Number(pressed.dataset.step);
  if (position < 0 || position >= items().children.length) return;
  again = { item: item.dataset.item, way: `[data-step="${pressed.dataset.step}"]` };
  tell('move', item.dataset.item, { position });
});
element.addEventListener('change', (event) => {
  const field = event.target.closest('.cop-minutes, .cop-format');
  if (!field) return;
  const act = field.matches('.cop-format') ? 'format' : 'minutes';
  again = { item: field.closest('li').dataset.item, way: `.cop-${act}` };
  tell(act, again.item, { [act]: field.value });
});
watch('value', () => {
  if (!again || !items()) return;
  // what was typed gives way to what holds: the same field may have been kept
  items().querySelectorAll('.cop-minutes').forEach((field) => { field.value = field.defaultValue; });
  items().querySelectorAll('.cop-format option').forEach((one) => { one.selected = one.defaultSelected; });
  const item = [...items().children].find((one) => one.dataset.item === again.item);
  item?.querySelector(again.way)?.focus();
  again = null;
});
