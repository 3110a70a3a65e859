import type { Random } from './random.ts';

/** Someone who writes or receives mail. Every name and domain is invented (`.example`, RFC 2606). */
export interface Person {
  name: string;
  address: string;
}

const given = [
  'Amélie',
  'Benoît',
  'Chloé',
  'Damien',
  'Élodie',
  'François',
  'Gaëlle',
  'Hélène',
  'Inès',
  'Jérôme',
  'Karim',
  'Léa',
  'Maëlle',
  'Noémie',
  'Océane',
  'Pierre',
  'Quentin',
  'Rémi',
  'Stéphane',
  'Thérèse',
  'Ugo',
  'Valérie',
  'Yasmine',
  'Zoé',
];
const family = [
  'Aubertin',
  'Bérangeot',
  'Castelnau',
  'Delaunoy',
  'Étiemblet',
  'Fauvergne',
  'Garançon',
  'Hébrardin',
  'Jolibois',
  'Kerléguen',
  'Lemaîtrel',
  'Montfléry',
  'Noirétang',
  'Orsévalle',
  'Pélissandre',
  'Quéménois',
  'Rochebrunel',
  'Saint-Évran',
  'Taillefontaine',
  'Vaugrenard',
];
const houses = [
  'dupont-fils',
  'boulangerie-lemaitrel',
  'transports-orsevalle',
  'cabinet-montflery',
  'imprimerie-jolibois',
  'mairie-vaugrenard',
  'assurances-delaunoy',
  'bois-et-charpentes',
];

/** The organisation that the generated people work for. */
export const organisation = 'messageries-du-levant.example';

/** The folders of a French mailbox: the heaviest first, a parent always before its children. */
const tree: readonly (readonly [path: string, weight: number])[] = [
  ['INBOX', 34],
  ['Éléments envoyés', 14],
  ['Clients', 1],
  ['Clients/Dupont & Fils', 5],
  ['Corbeille', 3],
  ['Archives', 2],
  ['Comptabilité', 2],
  ['Brouillons', 0.4],
  ['Courrier indésirable', 2],
  ['Comptabilité/Factures', 5],
  ['Comptabilité/Impôts & taxes', 1],
  ['Archives/2017', 2],
  ['Archives/2018', 2],
  ['Archives/2019', 2],
  ['Archives/2020', 2],
  ['Archives/2021', 2],
  ['Archives/2022', 2],
  ['Archives/2023', 2],
  ['Archives/2024', 2],
  ['Clients/Boulangerie Lemaîtrel', 2],
  ['Clients/Mairie de Vaugrenard', 2],
  ['Clients/Transports Orsévalle (Lyon)', 2],
  ['Fournisseurs', 1],
  ['Fournisseurs/Imprimerie Jolibois', 1],
  ['Fournisseurs/Téléphonie, réseau', 1],
  ['Projets', 0.5],
  ['Projets/Déménagement – été 2019', 1],
  ['Projets/Nouveau site', 1],
  ['Projets/Nouveau site/Maquettes', 0.5],
  ['Ressources humaines', 1],
  ['Ressources humaines/Congés', 0.5],
  ['Ressources humaines/Entretiens "à venir"', 0.3],
  ['Réunions', 1],
  ['À traiter', 0.7],
  ['Listes', 0.5],
  ['Listes/Sécurité', 1],
  ['Listes/Développement', 1],
  ['Personnel', 0.6],
  ['Personnel/Vacances à Oléron', 0.3],
  ['Modèles', 0.1],
];

/** Folder paths with their share of the mail. More than the tree holds: numbered files under `Dossiers`. */
export function folderTree(count: number): { path: readonly string[]; weight: number }[] {
  const known = tree.slice(0, count).map(([path, weight]) => ({ path: path.split('/'), weight }));
  const more = Array.from({ length: Math.max(0, count - tree.length) }, (_, i) => ({
    path: ['Dossiers', `Affaire n° ${String(i + 1).padStart(4, '0')}`],
    weight: 0.3,
  }));
  return [...known, ...more];
}

/** Someone inside or outside the organisation. */
export function person(random: Random, inside: boolean): Person {
  const first = random.pick(given);
  const last = random.pick(family);
  const domain = inside ? organisation : `${random.pick(houses)}.example`;
  return { name: `${first} ${last}`, address: `${plain(first)}.${plain(last)}@${domain}` };
}

/** Without accents and in lower case: the left side of an address. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}

export const subjects = [
  'Réunion de chantier',
  'Devis n° {n}',
  'Facture {n} – échéance',
  'Congés d’été',
  'Compte rendu du comité',
  'Relance : dossier {n}',
  'Commande {n} expédiée',
  'Point hebdomadaire',
  'Planning de la semaine {n}',
  'Bon de livraison {n}',
  'Question sur le contrat',
  'Proposition commerciale révisée',
  'Invitation : journée sécurité',
  'Panne d’imprimante',
  'Accès au réseau',
  'Budget prévisionnel',
  'Déménagement du site',
  'Photos de l’événement',
  'Meeting notes',
  'Order {n} shipped',
];

export const sentences = [
  'Vous trouverez ci-joint le document demandé lors de notre dernière réunion.',
  'Merci de me confirmer votre présence avant vendredi midi.',
  'Le chantier a pris du retard à cause de la météo, mais l’équipe reste confiante.',
  'Pourriez-vous vérifier le montant indiqué à la page 3 ? Il me semble trop élevé (1 250 €).',
  'Je reviens vers vous dès que j’ai une réponse du fournisseur.',
  'La livraison est prévue mardi entre 8 h et 10 h ; prévoyez un chariot élévateur.',
  'Nous avons bien reçu votre règlement et vous en remercions.',
  'L’œuvre sera exposée à l’entrée du bâtiment à partir de septembre.',
  'Comme convenu, le prix unitaire passe à 42 € hors taxes = 50,40 € TTC.',
  'Le mot de passe provisoire vous sera communiqué par téléphone.',
  'From time to time the meeting room is double-booked; please check the calendar.',
  'N’hésitez pas à m’appeler si quelque chose n’est pas clair.',
  'Où en êtes-vous de la mise à jour des postes de la comptabilité ?',
  'Bien reçu, je transmets à Gaëlle et à l’équipe de Lyon.',
];

export const attachments = [
  'Devis révisé.pdf',
  'Relevé d’heures.xlsx',
  'Compte rendu – réunion.docx',
  'plan.png',
  'photo_0123.jpg',
  'contrat signé.pdf',
  'Présentation été.pptx',
  'archive.zip',
  'scan.tif',
  'logo.svg',
];

/** Keywords that mail programs leave behind (atoms, RFC 9051 §2.3.2). */
export const keywords = ['$Forwarded', '$label1', '$MDNSent', 'NonJunk', 'a-relancer', 'facture'];
