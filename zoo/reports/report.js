"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");

  // Players: one sounds at a time; another of its group goes on at the very place, which is how ears compare.
  const players = [...document.querySelectorAll(".player")];
  const audioOf = (player) => player.querySelector("audio");
  let last = null;
  const play = (player, at) => {
    const audio = audioOf(player);
    for (const other of players) if (other !== player) audioOf(other).pause();
    if (at !== undefined) audio.currentTime = at;
    else if (last && last !== player && last.dataset.group === player.dataset.group) {
      audio.currentTime = audioOf(last).currentTime;
    }
    last = player;
    audio.play();
  };
  for (const player of players) {
    const audio = audioOf(player), wave = player.querySelector(".wave"), button = player.querySelector(".play");
    const length = Number(player.dataset.seconds);
    const played = player.querySelector(".played");
    const draw = () => {
      played.style.clipPath = `inset(0 ${100 - 100 * Math.min(audio.currentTime / length, 1)}% 0 0)`;
      if (!audio.paused) requestAnimationFrame(draw);
    };
    audio.addEventListener("play", () => { player.classList.add("playing"); draw(); });
    audio.addEventListener("pause", () => { player.classList.remove("playing"); draw(); });
    button.addEventListener("click", () => { if (audio.paused) play(player); else audio.pause(); });
    wave.addEventListener("click", (event) => {
      const box = wave.getBoundingClientRect();
      play(player, length * Math.max(0, (event.clientX - box.left) / box.width));
    });
  }

  // Names of points: under a mouse, a finger or the focus.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);
  const show = (point) => {
    tip.textContent = point.dataset.name;
    tip.hidden = false;
    const at = point.getBoundingClientRect(), size = tip.getBoundingClientRect();
    const left = Math.min(Math.max(at.left + at.width / 2 - size.width / 2, 4), innerWidth - size.width - 4);
    const above = at.top - size.height - 6;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 4 ? above : at.bottom + 6}px`;
  };
  const over = (event) => event.target.closest && event.target.closest("[data-name]");
  for (const kind of ["pointerover", "focusin", "click"]) {
    document.addEventListener(kind, (event) => {
      const point = over(event);
      if (point) show(point); else if (kind !== "focusin") tip.hidden = true;
    });
  }
  addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
})();
