// Back closes the source that is open, else goes to the tab before; a reload stays in its tab.
// Tabs stand in the address after #; an open source is a step of its own at the same address.
const FIRST = 'ask';
const tab = (name) => document.querySelector(`button[role=tab][data-tab-id="${name}"]`);
const here = () => location.hash.slice(1) || FIRST;
const viewer = () => [...document.querySelectorAll('.cop-viewer')].find((one) => one.checkVisibility());
let walking = false; // by Back or Forward: no new step
let closed = false; // by its own button: the step that it was is only to be taken off
document.addEventListener('click', (event) => {
  if (walking) return;
  const chosen = event.target.closest('button[role=tab][data-tab-id]');
  if (chosen && chosen.dataset.tabId !== here()) history.pushState(null, '', `#${chosen.dataset.tabId}`);
  const closes = event.target.closest('.cop-viewer :is([data-act=back], [data-act=close])');
  if (!closes || !history.state?.source) return;
  closed = true;
  history.back();
}, true);
document.addEventListener('cop-opened', () => {
  if (!history.state?.source) history.pushState({ source: true }, '');
});
const walk = (button) => {
  walking = true;
  button?.click();
  walking = false;
};
window.addEventListener('popstate', () => {
  if (closed) {
    closed = false;
    return;
  }
  const open = viewer();
  if (tab(here())?.getAttribute('aria-selected') !== 'true') walk(tab(here()));
  else if (open && !history.state?.source) walk(open.querySelector('[data-act=back], [data-act=close]'));
});
if (history.state?.source) history.replaceState(null, ''); // loaded anew, it is not open any more
const back = (tries) => { // the tabs may not be drawn yet
  if (here() === FIRST) return;
  if (tab(here())) walk(tab(here()));
  else if (tries) setTimeout(back, 50, tries - 1);
};
back(200);
