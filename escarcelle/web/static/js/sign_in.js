// Passkeys: shows what works only with scripts, and says so when the device did not answer.

for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = !window.PublicKeyCredential;

document.addEventListener("allauth.error", () => {
  for (const message of document.querySelectorAll("[data-passkey-error]")) message.hidden = false;
});
