// The one file that names the build. The benchmarks measure what is shipped, so `npm run build` comes first.
export * from '../dist/index.js'
