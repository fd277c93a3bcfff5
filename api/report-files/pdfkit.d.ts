import type { Font } from 'fontkit';

declare global {
  // PDFKit takes an opened font too, which its types leave out.
  namespace PDFKit.Mixins {
    interface PDFFont {
      registerFont(name: string, src: Font): this;
    }
  }
}
