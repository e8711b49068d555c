/** The part of asciichart that is used; the package brings no types of its own. */
declare module 'asciichart' {
  const asciichart: {
    plot(series: readonly number[], options: { readonly height: number }): string;
  };
  export default asciichart;
}
