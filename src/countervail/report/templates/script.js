// Opens all fold-outs for printing and the one a link leads to. The page reads well without this.
const folds = () => document.querySelectorAll("details");
let shut = [];
addEventListener("beforeprint", () => {
  shut = [...folds()].filter((d) => !d.open);
  shut.forEach((d) => (d.open = true));
});
addEventListener("afterprint", () => shut.forEach((d) => (d.open = false)));
const show = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = target && target.closest("details");
  if (fold && !fold.open) {
    fold.open = true;
    target.scrollIntoView();
  }
};
addEventListener("hashchange", show);
show();
