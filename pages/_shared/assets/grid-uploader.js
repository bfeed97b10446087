// Sends a population grid to the server as it is read from disk; the page's own uploader would hold it in memory.
export default function gridUploader(component) {
  const { data, parentElement, setTriggerValue } = component;
  const box = parentElement.querySelector(".box");
  const input = parentElement.querySelector("input");
  const said = parentElement.querySelector(".said");
  const bar = parentElement.querySelector("progress");
  parentElement.querySelector(".choose").textContent = data.words.choose;
  parentElement.querySelector(".or").textContent = data.words.or;
  input.setAttribute("aria-label", data.words.choose);

  const mb = (bytes) => Math.round(bytes / 1e6).toLocaleString(data.lang);
  const say = (text, fault) => {
    said.textContent = text;
    said.classList.toggle("fault", Boolean(fault));
  };

  function send(file) {
    if (!file || !bar.hidden) return;
    if (!/\.tiff?$/i.test(file.name)) return say(data.words.kind, true);
    if (file.size > data.most) return say(data.words.large, true);
    const request = new XMLHttpRequest();
    bar.hidden = false;
    bar.value = 0;
    request.upload.onprogress = (event) => {
      if (!event.lengthComputable) return;
      bar.value = event.loaded / event.total;
      say(`${file.name}: ${mb(event.loaded)} / ${mb(event.total)} ${data.words.mb}`);
    };
    request.onloadend = () => {
      bar.hidden = true;
      input.value = "";
      if (request.status === 200) {
        say("");
        setTriggerValue("arrived", file.name);
      } else {
        say(request.status === 413 ? data.words.large : data.words.failed, true);
      }
    };
    request.open("PUT", `${data.address}?name=${encodeURIComponent(file.name)}`);
    request.send(file);
  }

  input.onchange = () => send(input.files[0]);
  box.ondragover = (event) => {
    event.preventDefault();
    box.classList.add("over");
  };
  box.ondragleave = () => box.classList.remove("over");
  box.ondrop = (event) => {
    event.preventDefault();
    box.classList.remove("over");
    send(event.dataTransfer.files[0]);
  };
}
