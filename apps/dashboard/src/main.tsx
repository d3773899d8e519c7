// The styles of components come after these, and win over them.
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { DashboardContext } from './state/context.ts';
import { createDashboard } from './state/dashboard.ts';
import { startTheme } from './state/theme.ts';

startTheme();
render(
  <DashboardContext.Provider value={createDashboard()}>
    <App />
  </DashboardContext.Provider>,
  document.getElementById('app')!,
);
