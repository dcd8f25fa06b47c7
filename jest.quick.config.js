/** What `npm test` runs: everything but what is slow by nature. */
import everything from './jest.config.js';

const quick = (project) => ({
  ...project,
  testPathIgnorePatterns: [...project.testPathIgnorePatterns, '[.]slow[.]test[.]ts$'],
});

export default { ...everything, projects: everything.projects.map(quick) };
