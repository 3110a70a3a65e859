/** A Thunderbird index that tells the name of its folder and little else, for tests. */
export function writeMsf(folderName: string, how: 'by number' | 'inline' = 'by number'): Buffer {
  const value = [...Buffer.from(folderName)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      if (byte > 126 || byte < 32 || char === '$')
        return `$${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      return char === ')' || char === '\\' ? `\\${char}` : char;
    })
    .join('');
  const cell = how === 'inline' ? `(^9F=${value})` : '(^9F^AB)';
  return Buffer.from(
    '// <!-- <mdb:mork:z v="1.4"/> -->\n< <(a=c)> // (f=iso-8859-1)\n' +
      '  (B8=customSortCol)(80=ns:msg:db:row:scope:dbfolderinfo:all)(81=ns:msg:db:table:kind:dbfolderinfo)\n' +
      '  (82=numVisMsgs)(9F=folderName)(AB=sortOrder)>\n\n' +
      `<(80=1)(9F=not this)(AB=${value})(AC=7fffffff)>\n` +
      `{1:^80 {(k^81:c)(s=9u)} \n  [1(^82=0)${cell}(^B8^AC)]}\n`,
    'latin1',
  );
}
