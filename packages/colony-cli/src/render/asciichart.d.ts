/** The part of asciichart that is used; the package brings no types of its own. */
declare module 'asciichart' {
  export function plot(series: readonly number[], options: { readonly height: number }): string;
}
