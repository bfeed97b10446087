// Asks the phone where it is, once for each press; says in words when it may not, cannot or takes too long.
export default function (component) {
  const { data, parentElement: root, setTriggerValue } = component;
  const button = root.querySelector("button"), said = root.querySelector("p");
  button.textContent = data.label;
  // On a phone the answer stands below the buttons: once another place is asked from, it is brought up.
  const before = button.dataset.here;
  button.dataset.here = data.here;
  if (before !== undefined && data.here && before !== data.here && window.innerWidth <= 640) {
    document.querySelector(".st-key-nearest-controls")?.scrollIntoView({ block: "start" });
  }
  const say = (text) => { said.textContent = text; };
  const done = (text) => { button.disabled = false; say(text); };
  button.onclick = () => {
    if (!window.isSecureContext) { say(data.words.insecure); return; }
    if (!navigator.geolocation) { say(data.words.absent); return; }
    button.disabled = true;
    say(data.words.searching);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        done("");
        setTriggerValue("found", { lon: coords.longitude, lat: coords.latitude, error_m: coords.accuracy || 0 });
      },
      ({ code }) => done(code === 1 ? data.words.refused : code === 3 ? data.words.timeout : data.words.absent),
      { enableHighAccuracy: true, timeout: 30000, maximumAge: 60000 });
  };
}
