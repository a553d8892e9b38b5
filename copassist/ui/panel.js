// Clicks on buttons of our own HTML reach Python as events; what opens is scrolled to its mark.
const send = (data) => trigger('click', data);
const wait = () => {
  element.classList.add('cop-wait');
  setTimeout(() => element.classList.remove('cop-wait'), 1500); // where another panel answers
};
element.addEventListener('click', (event) => {
  const pressed = event.target.closest('[data-act]');
  if (!pressed) return;
  if (pressed.dataset.act === 'copy') {
    navigator.clipboard.writeText(pressed.dataset.copied).then(() => {
      pressed.textContent = pressed.dataset.done;
    });
    return;
  }
  wait();
  send({ ...pressed.dataset });
});
if (props.follows) {
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href*="#source-"]');
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    const [turn, label] = link.getAttribute('href').split('#source-')[1].split('-');
    wait();
    send({ act: 'open', turn, label });
  }, true);
}
watch('value', () => {
  element.classList.remove('cop-wait');
  const heading = element.querySelector('.cop-viewer h2');
  if (!heading) return;
  const mark = element.querySelector('mark, .cop-box, .cop-opened');
  const image = element.querySelector('.cop-page img');
  const show = () => (mark || heading).scrollIntoView({ block: 'center' });
  if (image && !image.complete) image.addEventListener('load', show, { once: true });
  else show();
  heading.focus({ preventScroll: true });
});
