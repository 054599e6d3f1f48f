/** @typedef {{ name: string, productName: string, version: string, description: string, author: string }} About package.json */

/** What Electron needs of a Debian or Ubuntu, older spelling first. */
const depends = [
  'libgtk-3-0 | libgtk-3-0t64',
  'libasound2 | libasound2t64',
  'libatk-bridge2.0-0 | libatk-bridge2.0-0t64',
  'libgbm1',
  'libnss3',
  'libxss1',
  'libxtst6',
];

/** @param {About} about @param {number} sizeKib installed @returns {string} DEBIAN/control, deb-control(5) */
export function controlFile(about, sizeKib) {
  return `Package: ${about.name}
Version: ${about.version}
Architecture: amd64
Maintainer: ${about.author}
Installed-Size: ${sizeKib}
Section: database
Priority: optional
Depends: ${depends.join(', ')}
Recommends: gnome-keyring | kwalletmanager, xdg-utils
Description: ${about.description}
`;
}

/** Chromium's sandbox needs a helper that belongs to root and is setuid wherever user namespaces are closed. @param {About} about */
export function postinst(about) {
  const helper = `/opt/${about.productName}/chrome-sandbox`;
  return `#!/bin/sh
set -e
chown root:root ${helper}
chmod 4755 ${helper}
`;
}

/** One name for both faces: a noun opens the command line, anything else the window. @param {About} about */
export function launcher(about) {
  const folder = `/opt/${about.productName}`;
  return `#!/bin/sh
case "\${1:-}" in
fleet | instance | operation | --help)
  ELECTRON_RUN_AS_NODE=1 exec ${folder}/${about.name} ${folder}/resources/app.asar/out/main/cli.js "$@"
  ;;
*)
  exec ${folder}/${about.name} "$@"
  ;;
esac
`;
}

/** @param {About} about @returns {string} Desktop Entry Specification 1.5 */
export function desktopEntry(about) {
  return `[Desktop Entry]
Type=Application
Name=${about.productName}
GenericName=Database console
Comment=${about.description}
Exec=/usr/bin/${about.name}
Icon=${about.name}
Terminal=false
StartupWMClass=${about.productName}
Categories=Development;Database;
Keywords=MySQL;MariaDB;replication;failover;
`;
}
