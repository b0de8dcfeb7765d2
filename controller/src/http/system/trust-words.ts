interface TrustWords {
  readonly title: string;
  readonly why: string;
  readonly take: string;
  readonly compare: string;
  readonly pass: string;
  /** System, and what is done there. */
  readonly steps: readonly (readonly [string, string])[];
}

/** Of a page without a script: it is read before anything of this controller is trusted. */
export const trustWords = {
  en: {
    title: 'Trust this controller',
    why: 'This controller has a certificate authority of its own, which can speak for names inside halls alone. Once your device trusts it, its browser opens these pages without a warning. Take it away again after the event if you like.',
    take: 'Get the certificate',
    compare:
      'Compare this fingerprint with the one on the controller’s screen before you install it: only then it is this controller’s.',
    pass: 'For the next device',
    steps: [
      [
        'iPhone, iPad',
        'Open the file. Settings: Profile Downloaded, Install. Then Settings, General, About, Certificate Trust Settings: turn it on.',
      ],
      [
        'Android',
        'Settings, Security, Encryption & credentials, Install a certificate, CA certificate: choose the file.',
      ],
      ['Windows', 'Open the file, Install Certificate, Local Machine, Trusted Root Certification Authorities.'],
      ['macOS', 'Open the file in Keychain Access; open it there, Trust: Always Trust.'],
      ['Linux, Firefox', 'Settings, Certificates, Authorities, Import.'],
    ],
  },
  de: {
    title: 'Diesem Controller vertrauen',
    why: 'Dieser Controller hat eine eigene Zertifizierungsstelle, die nur für Namen innerhalb von Hallen sprechen kann. Sobald das Gerät ihr vertraut, öffnet der Browser diese Seiten ohne Warnung. Nach der Veranstaltung kann man sie wieder entfernen.',
    take: 'Zertifikat holen',
    compare:
      'Vor dem Installieren diesen Fingerabdruck mit dem auf dem Bildschirm des Controllers vergleichen: nur dann ist es der dieses Controllers.',
    pass: 'Für das nächste Gerät',
    steps: [
      [
        'iPhone, iPad',
        'Datei öffnen. Einstellungen: Profil geladen, Installieren. Dann Einstellungen, Allgemein, Info, Zertifikatsvertrauenseinstellungen: einschalten.',
      ],
      [
        'Android',
        'Einstellungen, Sicherheit, Verschlüsselung & Anmeldedaten, Zertifikat installieren, CA-Zertifikat: Datei wählen.',
      ],
      [
        'Windows',
        'Datei öffnen, Zertifikat installieren, Lokaler Computer, Vertrauenswürdige Stammzertifizierungsstellen.',
      ],
      ['macOS', 'Datei in der Schlüsselbundverwaltung öffnen; dort öffnen, Vertrauen: Immer vertrauen.'],
      ['Linux, Firefox', 'Einstellungen, Zertifikate, Zertifizierungsstellen, Importieren.'],
    ],
  },
  es: {
    title: 'Confiar en este controlador',
    why: 'Este controlador tiene su propia autoridad de certificación, que solo puede hablar por nombres dentro de una sala. Cuando el dispositivo confía en ella, el navegador abre estas páginas sin advertencia. Después del evento se puede quitar.',
    take: 'Obtener el certificado',
    compare:
      'Antes de instalarlo, compare esta huella con la de la pantalla del controlador: solo entonces es la de este controlador.',
    pass: 'Para el siguiente dispositivo',
    steps: [
      [
        'iPhone, iPad',
        'Abra el archivo. Ajustes: Perfil descargado, Instalar. Después Ajustes, General, Información, Ajustes de confianza de los certificados: actívelo.',
      ],
      [
        'Android',
        'Ajustes, Seguridad, Cifrado y credenciales, Instalar un certificado, Certificado de CA: elija el archivo.',
      ],
      ['Windows', 'Abra el archivo, Instalar certificado, Equipo local, Entidades de certificación raíz de confianza.'],
      ['macOS', 'Abra el archivo en Acceso a Llaveros; ábralo allí, Confiar: Confiar siempre.'],
      ['Linux, Firefox', 'Ajustes, Certificados, Autoridades, Importar.'],
    ],
  },
  ja: {
    title: 'このコントローラーを信頼する',
    why: 'このコントローラーは独自の認証局を持ち、会場内の名前だけを証明できます。端末が信頼すると、ブラウザーは警告なしでこのページを開きます。イベントの後に削除できます。',
    take: '証明書を入手',
    compare:
      'インストールする前に、このフィンガープリントをコントローラーの画面のものと比べてください。一致すれば、このコントローラーのものです。',
    pass: '次の端末のために',
    steps: [
      [
        'iPhone、iPad',
        'ファイルを開きます。設定：ダウンロード済みのプロファイル、インストール。次に 設定、一般、情報、証明書信頼設定 でオンにします。',
      ],
      ['Android', '設定、セキュリティ、暗号化と認証情報、証明書のインストール、CA 証明書：ファイルを選びます。'],
      ['Windows', 'ファイルを開き、証明書のインストール、ローカル コンピューター、信頼されたルート証明機関。'],
      ['macOS', 'キーチェーンアクセスでファイルを開き、証明書の「信頼」を「常に信頼」にします。'],
      ['Linux、Firefox', '設定、証明書、認証局、インポート。'],
    ],
  },
} as const satisfies Readonly<Record<string, TrustWords>>;

/** The first language of the browser's that there is (RFC 9110, 12.5.4), or English. */
export function trustLanguageOf(accepted: string | undefined): keyof typeof trustWords {
  const wanted = (accepted ?? '')
    .split(',')
    .map((each) => each.trim().split(';'))
    .map(([tag = '', q]) => ({
      tag: tag.slice(0, 2).toLowerCase(),
      weight: q === undefined ? 1 : Number(q.split('=')[1]) || 0,
    }))
    .sort((a, b) => b.weight - a.weight);
  const found = wanted.find(({ tag }) => Object.hasOwn(trustWords, tag));
  return (found?.tag ?? 'en') as keyof typeof trustWords;
}
