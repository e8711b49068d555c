module.exports = require('../jest/preset.cjs')('consumer');
