module.exports = require('../../tools/jest/preset.cjs')('colony-cli');
