// Lets the browser's address follow what is chosen on the page, without a step in its history and without a rerun.
export default function (component) {
  const { page, home, pages, query } = component.data;
  const last = location.pathname.replace(/\/$/, "").split("/").pop();
  // The reader may be on the way to another page already: its address is not ours.
  if (page === home ? last !== home && pages.includes(last) : last !== page) return;
  if (location.search === "?" + query) return;
  history.replaceState(history.state, "", location.pathname + "?" + query + location.hash);
}
